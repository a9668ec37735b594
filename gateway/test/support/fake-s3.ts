import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";

import type { PlatformStorage } from "../../src/platform.ts";

interface Kept {
  readonly bytes: Buffer;
  readonly headers: IncomingMessage["headers"];
  readonly at: number;
}

/** A store over HTTP that puts, gets, lists and deletes objects of one bucket, in pages of two, and holds them to checksums. */
export interface FakeS3 {
  readonly storage: PlatformStorage;
  /** By key. */
  readonly objects: Map<string, Kept>;
  /** Asked before each request: the status to refuse it with. Default: none. */
  refuse: (method: string, key: string) => number | undefined;
  /** Answers that are on their way. */
  readonly open: Set<ServerResponse>;
}

export async function startFakeS3(context: TestContext): Promise<FakeS3> {
  const objects = new Map<string, Kept>();
  const server = createServer((request, response) => {
    void answer(fake, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const endpoint = `http://127.0.0.1:${address.port}`;
  const fake: FakeS3 = {
    storage: { bucket: "platform", endpoint, region: "us-east-1", pathStyle: true, uploads: "store" },
    objects,
    refuse: () => undefined,
    open: new Set(),
  };
  giveKeys(context);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return fake;
}

/** The store takes any. */
export const storeKeys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test-secret" };

/** Puts keys where the SDK's default chain looks first, until the test ends. */
export function giveKeys(context: TestContext): void {
  for (const [name, value] of Object.entries(storeKeys)) {
    const before = process.env[name];
    process.env[name] = value;
    context.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
}

async function answer(fake: FakeS3, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", fake.storage.endpoint);
  const key = decodeURIComponent(url.pathname).slice("/platform/".length);
  fake.open.add(response);
  response.once("close", () => fake.open.delete(response));
  const bytes = await buffer(request).catch(() => undefined);
  // What breaks off leaves nothing.
  if (bytes === undefined) return;
  const refused = fake.refuse(request.method ?? "", key);
  if (refused !== undefined) fail(response, refused, "Refused");
  else if (!isSigned(request, url)) fail(response, 403, "AccessDenied");
  else if (request.method === "PUT") {
    const checksum = request.headers[checksumHeader];
    const is = createHash("sha256").update(bytes).digest("base64");
    if (checksum !== undefined && checksum !== is) {
      fail(response, 400, "BadDigest");
      return;
    }
    fake.objects.set(key, { bytes, headers: request.headers, at: fake.objects.size });
    response.writeHead(200).end();
  } else if (request.method === "DELETE") {
    fake.objects.delete(key);
    response.writeHead(204).end();
  } else if (url.searchParams.has("list-type")) list(fake, url.searchParams, response);
  else {
    const kept = fake.objects.get(key);
    if (kept === undefined) fail(response, 404, "NoSuchKey");
    else {
      const checksum = kept.headers[checksumHeader];
      const head = {
        "content-length": kept.bytes.length,
        ...(checksum !== undefined && { [checksumHeader]: checksum }),
      };
      response.writeHead(200, head).end(request.method === "HEAD" ? undefined : kept.bytes);
    }
  }
}

const checksumHeader = "x-amz-checksum-sha256";

/** By a header, or by a query; the headers that this names must be there. Signatures are not computed here. */
function isSigned({ headers }: IncomingMessage, { searchParams }: URL): boolean {
  if (headers.authorization !== undefined) return true;
  const signed = searchParams.get("X-Amz-SignedHeaders")?.split(";") ?? [];
  return searchParams.has("X-Amz-Signature") && signed.every((name) => headers[name] !== undefined);
}

function list({ objects }: FakeS3, query: URLSearchParams, response: ServerResponse): void {
  const prefix = query.get("prefix") ?? "";
  const from = Number(query.get("continuation-token") ?? 0);
  const found = [...objects].filter(([key]) => key.startsWith(prefix)).toSorted();
  const page = found.slice(from, from + 2);
  const more = from + 2 < found.length ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : "";
  const items = page.map(([key, { at }]) => {
    const modified = new Date(Date.UTC(2026, 10, 24) + at * 1000).toISOString();
    return `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified></Contents>`;
  });
  const body = `<ListBucketResult><IsTruncated>${String(more !== "")}</IsTruncated>${more}${items.join("")}</ListBucketResult>`;
  response.writeHead(200, { "content-type": "application/xml" }).end(body);
}

function fail(response: ServerResponse, status: number, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml" }).end(body);
}
