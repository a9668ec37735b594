import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type createServer, type IncomingMessage } from "node:http";
import type { TestContext } from "node:test";

import { parseJson } from "../../../local/kube/json.ts";
import { uploadRoutes } from "../../src/jobs/upload-routes.ts";
import { S3Uploads } from "../../src/jobs/uploads.ts";
import { s3Client } from "../../src/storage/s3.ts";
import { giveKeys } from "./fake-s3.ts";
import { newClient, startGateway, type Answer, type TestGateway } from "./gateway.ts";
import { samplePlatform } from "./job-samples.ts";

export interface PassingScene {
  readonly gateway: TestGateway;
  readonly uploads: S3Uploads;
  readonly token: string;
  readonly api: string;
  /** Sends content as a client does that knows its length, unless the headers say otherwise. */
  readonly put: (body: Buffer, to: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

/** A gateway whose clients cannot reach the store at this endpoint. */
export async function startPassing(context: TestContext, endpoint: string): Promise<PassingScene> {
  giveKeys(context);
  const storage = { bucket: "platform", endpoint, region: "us-east-1", pathStyle: true } as const;
  const platform = samplePlatform({ storage: { ...storage, uploads: "gateway" } });
  const client = s3Client({ ...storage, uploads: "gateway" });
  context.after(() => {
    client.destroy();
  });
  const uploads = new S3Uploads(client, storage.bucket);
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) => {
      uploadRoutes(v1, { now: Date.now, platform }, uploads);
    },
  });
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  const api = await gateway.app.listen({ host: "127.0.0.1", port: 0 });
  return {
    gateway,
    uploads,
    token,
    api,
    put: async (body, to, headers = {}) => {
      const sent = openPut(`${api}${to}`, token, { "content-length": String(body.length), ...headers });
      sent.end(body);
      return answerTo(sent);
    },
  };
}

export function openPut(
  url: string,
  token: string,
  headers: Readonly<Record<string, string>>,
): ReturnType<typeof request> {
  const type = { "content-type": "application/octet-stream" };
  const authorization = `Bearer ${token}`;
  return request(url, { method: "PUT", agent: false, headers: { authorization, ...type, ...headers } });
}

export async function answerTo(sent: ReturnType<typeof request>): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  const chunks: string[] = [];
  for await (const chunk of response.setEncoding("utf8")) chunks.push(String(chunk));
  return { status: response.statusCode ?? 0, body: parseJson(chunks.join("")), headers: response.headers };
}

/** Where a server listens until the test ends. */
export async function listening(
  context: TestContext,
  server: ReturnType<typeof createServer>,
): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return `http://127.0.0.1:${address.port}`;
}
