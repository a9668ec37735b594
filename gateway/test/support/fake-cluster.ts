import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { KubeConfig } from "@kubernetes/client-node";

import { parseJson, type Fields } from "../../../local/kube/json.ts";
import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { FakeObjects, isPlural } from "./fake-objects.ts";
import { act, failure, watch, type FakeRequest } from "./fake-verbs.ts";
import type { Scope } from "./scope.ts";

/** What a test makes of a request: nothing, another answer, silence, or an end of the connection. */
export type Fault =
  | undefined
  | { readonly status: number; readonly message: string }
  | "hang"
  /** Before anything is done. */
  | "drop"
  /** After it was done, so that nobody hears of it. */
  | "drop-answer";

/** An API server over HTTP with the few kinds that the gateway knows, as strict as the real one is about them. */
export interface FakeCluster {
  readonly url: string;
  readonly server: Server;
  readonly objects: FakeObjects;
  /** Every request so far: `POST sparkapplications`. */
  readonly requests: readonly string[];
  /** Asked before each request. Default: no faults. */
  fault: (request: FakeRequest) => Fault;
  /** Logs by `namespace/pod/container`; a log that is followed ends with `ended`. */
  readonly logs: Map<string, FakeLog>;
  /** Breaks all connections, the watches' too. */
  readonly dropConnections: () => void;
  /** A client of it. */
  readonly cluster: KubernetesCluster;
}

export interface FakeLog {
  lines: string[];
  ended: boolean;
}

export async function startFakeCluster(scope: Scope, patienceMs = 2000): Promise<FakeCluster> {
  const objects = new FakeObjects();
  const requests: string[] = [];
  const logs = new Map<string, FakeLog>();
  const server = createServer((request, response) => {
    void answer(fake, requests, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}`;
  const cluster = new KubernetesCluster(kubeConfigOf(url), patienceMs);
  const fake: FakeCluster = {
    url,
    server,
    objects,
    requests,
    fault: () => undefined,
    logs,
    dropConnections: () => {
      server.closeAllConnections();
    },
    cluster,
  };
  scope.after(() => {
    cluster.close();
    server.close();
    server.closeAllConnections();
  });
  return fake;
}

export function kubeConfigOf(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "test", server, skipTLSVerify: true },
    { name: "gateway", token: "gateways-own" },
  );
  return config;
}

async function answer(
  fake: FakeCluster,
  requests: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const url = new URL(request.url ?? "/", fake.url);
  const [, namespace = "", plural, name, sub] =
    /^\/api(?:s\/sparkoperator\.k8s\.io\/v1beta2|\/v1)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(
      url.pathname,
    ) ?? [];
  if (!isPlural(plural)) {
    refuse(response, 404, "the server could not find the requested resource");
    return;
  }
  const asked = { method: request.method ?? "", plural, namespace, name, query: url.searchParams };
  requests.push(`${asked.method} ${plural}${url.searchParams.has("watch") ? " watch" : ""}`);
  const fault = fake.fault(asked);
  if (fault === "hang") return;
  if (fault === "drop") {
    request.socket.destroy();
  } else if (typeof fault === "object") {
    refuse(response, fault.status, fault.message);
  } else if (request.headers.authorization !== "Bearer gateways-own") {
    refuse(response, 401, "Unauthorized");
  } else if (sub === "log") {
    await sendLog(
      fake.logs.get(`${namespace}/${name ?? ""}/${asked.query.get("container") ?? ""}`),
      asked,
      response,
    );
  } else if (asked.query.has("watch")) {
    watch(fake.objects, asked, response);
  } else {
    const [status, result] = act(fake.objects, asked, body);
    if (fault === "drop-answer") request.socket.destroy();
    else send(response, status, result);
  }
}

async function sendLog(
  log: FakeLog | undefined,
  { query }: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  if (log === undefined) {
    refuse(response, 404, "pods not found");
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  const tail = query.get("tailLines");
  let sent = tail === null ? 0 : Math.max(0, log.lines.length - Number(tail));
  const timestamps = query.get("timestamps") === "true";
  for (;;) {
    for (const text of log.lines.slice(sent)) {
      // Lines begin with their time here; the API server takes it away where nobody asks for it.
      response.write(`${timestamps ? text : text.replace(/^\S+ /, "")}\n`);
    }
    sent = log.lines.length;
    if (query.get("follow") !== "true" || log.ended || response.destroyed) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  response.end();
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, failure(status, message)[1]);
}

function send(response: ServerResponse, status: number, body: Fields): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
  const text = chunks.join("");
  return text === "" ? undefined : parseJson(text);
}
