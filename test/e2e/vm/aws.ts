import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";

import type { Allowed } from "./access.ts";
import type { Authority } from "./authority.ts";
import { listen } from "./listen.ts";
import { bucket, region, role, services } from "./names.ts";
import { Parameters, type Answer } from "./parameters.ts";
import { deletesMany, s3Rights } from "./s3-action.ts";
import type { Store } from "./store.ts";
import type { Undo } from "./undo.ts";
import { Zones } from "./zones.ts";

const s3Host = `s3.${region}.amazonaws.com`;
export const bucketHost = `${bucket}.${s3Host}`;

/** AWS as the virtual machine and the registry's clients see it: its names, TLS, the role's rights, and S3 itself. */
export class Aws {
  readonly parameters: Parameters;
  readonly zones: Zones;
  /** What IAM refused; a test that expects none looks here. */
  readonly refused: string[] = [];
  readonly #allowed: Allowed;
  readonly #store: Store;

  private constructor(allowed: Allowed, store: Store) {
    this.#allowed = async (action, resource, context) => {
      const may = await allowed(action, resource, context);
      if (!may) this.refused.push(`${action} on ${resource} ${JSON.stringify(context ?? {})}`);
      return may;
    };
    this.#store = store;
    this.parameters = new Parameters(this.#allowed);
    this.zones = new Zones(this.#allowed);
  }

  static async start(undo: Undo, authority: Authority, allowed: Allowed, store: Store): Promise<Aws> {
    const aws = new Aws(allowed, store);
    const names = ["*.amazonaws.com", `*.${region}.amazonaws.com`, `*.${s3Host}`];
    const { certificate, key } = await authority.issue(names);
    const server = createServer({ cert: certificate, key }, (request, response) => {
      aws.#dispatch(request, response).then(
        (answer) => {
          if (answer !== undefined) send(response, answer);
        },
        (error: unknown) => {
          aws.refused.push(String(error));
          response.destroy();
        },
      );
    });
    await listen(undo, server, 443, services);
    return aws;
  }

  /** The answer, unless the store gives it. */
  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const host = request.headers.host ?? "";
    const { method = "", url = "" } = request;
    // Amazon's own buckets, such as the one of the Session Manager's agent, are not here.
    if (host === s3Host) return { status: 404, type: "text/plain", body: "NoSuchBucket" };
    if (!isRole(request, url)) return { status: 403, type: "text/plain", body: "who is this?" };
    switch (host) {
      case bucketHost:
        return this.#passOn(request, response);
      case `ssm.${region}.amazonaws.com`: {
        const target = String(request.headers["x-amz-target"]);
        return this.parameters.answer(target, await text(request));
      }
      case "route53.amazonaws.com":
        return this.zones.answer(method, url.split("?")[0] ?? "", await text(request));
      default:
        throw new Error(`a call to ${host} is not foreseen`);
    }
  }

  /** The store itself checks the signature: every header goes through as it is. */
  async #passOn(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { method = "", url: path = "", headers } = request;
    const url = new URL(path, `https://${bucketHost}`);
    const body = deletesMany({ method, url }) ? await text(request) : undefined;
    const copySource = headers["x-amz-copy-source"]?.toString().replace(/^\//, "");
    for (const { action, resource, context } of s3Rights({ method, url, copySource, body: body ?? "" })) {
      if (await this.#allowed(action, resource, context)) continue;
      const words = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
      return { status: 403, type: "application/xml", body: words };
    }
    const target = { host: "127.0.0.1", port: this.#store.port, method, path, headers, agent: false };
    const upstream = httpRequest(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => {
      const words = "<Error><Code>ServiceUnavailable</Code><Message>Please try again.</Message></Error>";
      if (response.headersSent) response.destroy();
      else send(response, { status: 503, type: "application/xml", body: words });
    });
    if (body === undefined) request.pipe(upstream);
    else upstream.end(body);
    return undefined;
  }
}

/** Whether the caller holds the role's keys, in a header or, where a link was signed, in the query. */
function isRole({ headers }: IncomingMessage, url: string): boolean {
  const query = new URL(url, "https://any").searchParams;
  const signed = headers.authorization ?? `Credential=${query.get("X-Amz-Credential") ?? ""}`;
  return signed.includes(`Credential=${role.accessKeyId}/`);
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "content-type": type, "x-amzn-requestid": "e2e" }).end(body);
}
