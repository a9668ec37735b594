import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps, type RequestOptions } from "node:https";
import type { Readable } from "node:stream";

import type { KubeConfig } from "@kubernetes/client-node";

import { secondMs } from "../clock.ts";

export interface Ask {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/**
 * Requests to the API server with a kubeconfig's credentials. The client library makes a new TLS connection for every
 * request (KubeConfig.createAgent), which at twenty submissions a second is most of their time, and its logs and
 * watches keep what the server says of a failure to themselves; so only its credentials are used.
 */
export class Transport {
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #agent: HttpAgent | undefined;

  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error("the kubeconfig names no cluster");
    this.#config = config;
    this.#server = new URL(cluster.server);
    // A proxy's agent is the library's.
    if (cluster.proxyUrl !== undefined) return;
    const settings = { keepAlive: true, keepAliveMsecs: 30 * secondMs, maxFreeSockets: 16 };
    this.#agent = this.#server.protocol === "http:" ? new HttpAgent(settings) : new HttpsAgent(settings);
  }

  /** The answer, whatever its status, as soon as its head is there. @throws the network's error, or the signal's. */
  async send({ method, path, query = {}, body, signal }: Ask): Promise<IncomingMessage> {
    const url = new URL(this.#server.pathname.replace(/\/$/, "") + path, this.#server);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      headers: {
        accept: "application/json",
        ...(text !== undefined && {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        }),
      },
    };
    await this.#config.applyToHTTPSOptions(options);
    Object.assign(options, { method, signal, ...(this.#agent !== undefined && { agent: this.#agent }) });
    const request = url.protocol === "http:" ? requestHttp : requestHttps;
    return new Promise((resolve, reject) => {
      request(url, options, resolve).once("error", reject).end(text);
    });
  }

  /** Ends the connections that are kept for later. */
  close(): void {
    this.#agent?.destroy();
  }
}

/**
 * Bytes that an answer about one object may have. etcd takes 1.5 MiB, of which JSON can make six times as much where it
 * is control characters.
 */
export const objectBytes = 12 * 1024 * 1024;

/** An answer that has more bytes than it may. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** @throws TooLarge, or the network's error where the body breaks off. */
export async function readText(answer: Readable, maxBytes = objectBytes): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Whatever ends this loop destroys the answer, and with it the rest.
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("the answer is read as text by somebody else");
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLarge(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
