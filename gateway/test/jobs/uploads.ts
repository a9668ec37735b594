import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";

import { at, recordAt, textAt } from "../../../local/kube/json.ts";
import { maxUploadBytes } from "../../src/jobs/upload.ts";
import { uploadRoutes } from "../../src/jobs/upload-routes.ts";
import { S3Uploads } from "../../src/jobs/uploads.ts";
import { s3Client } from "../../src/storage/s3.ts";
import { startFakeS3, type FakeS3 } from "../support/fake-s3.ts";
import { newClient, refusedWith, startGateway, type Answer, type TestGateway } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";

const content = Buffer.from("print(1)\n");
const sha256 = createHash("sha256").update(content).digest("hex");
const right = { sha256, size: content.length, kind: "py" };
const key = `code/uploads/${sha256}.py`;

interface Scene {
  readonly s3: FakeS3;
  readonly uploads: S3Uploads;
  readonly call: TestGateway["call"];
  readonly ask: (body: object) => Promise<Answer>;
}

async function start(context: TestContext): Promise<Scene> {
  const s3 = await startFakeS3(context);
  const client = s3Client(s3.storage);
  context.after(() => {
    client.destroy();
  });
  const uploads = new S3Uploads(client, s3.storage.bucket);
  const now = (): number => Date.UTC(2026, 10, 24);
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) => {
      uploadRoutes(v1, { now, platform: samplePlatform({ storage: s3.storage }) }, uploads);
    },
  });
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  const { call } = gateway;
  return { s3, uploads, call, ask: (body) => call("POST", "/v1/uploads", { token, body }) };
}

/** Sends content as the answer says, with all of its headers but those that are left out. */
async function put(answer: unknown, body: Buffer, without: readonly string[] = []): Promise<number> {
  const headers = Object.entries(recordAt(answer, "headers"));
  // The client sets the length itself.
  const sent = headers.filter(([name]) => name !== "content-length" && !without.includes(name));
  const response = await fetch(textAt(answer, "url") ?? "", {
    method: "PUT",
    body,
    headers: sent.map(([name, value]): [string, string] => [name, String(value)]),
  });
  await response.body?.cancel();
  return response.status;
}

test("code goes to the store by itself, once, and only as what its name says", async (context) => {
  const { s3, uploads, ask } = await start(context);
  const { body } = await ask(right);
  assert.equal(at(body, "there"), false);
  assert.equal(textAt(body, "expiresAt"), "2026-11-24T00:05:00.000Z");
  const url = new URL(textAt(body, "url") ?? "");
  assert.equal(url.pathname, `/platform/${key}`);
  assert.equal(url.searchParams.get("X-Amz-Expires"), "300");
  assert.equal(url.searchParams.get("X-Amz-SignedHeaders"), "content-length;host;x-amz-checksum-sha256");
  assert.deepEqual(at(body, "headers"), {
    "content-length": "9",
    "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
  });

  assert.equal(await put(body, Buffer.from("print(2)\n")), 400);
  assert.equal(await put(body, content, ["x-amz-checksum-sha256"]), 403);
  assert.equal(await uploads.has({ sha256, kind: "py" }), false);
  assert.equal(await put(body, content), 200);
  assert.deepEqual(s3.objects.get(key)?.bytes, content);
  assert.equal(await uploads.has({ sha256, kind: "py" }), true);
  assert.deepEqual((await ask(right)).body, { there: true });
  assert.equal(at((await ask({ ...right, kind: "zip" })).body, "there"), false);
});

test("where clients reach the store, the gateway takes no content", async (context) => {
  const { call } = await start(context);
  refusedWith(await call("PUT", `/v1/uploads/py/${sha256}`, { body: "1" }), "not-found");
});

test("what a store has not held to its checksum is not there, and neither is what another name begins with", async (context) => {
  const { s3, uploads } = await start(context);
  s3.objects.set(`${key}.bak`, { bytes: content, headers: {}, at: 0 });
  assert.equal(await uploads.has({ sha256, kind: "py" }), false);
  s3.objects.set(key, { bytes: content, headers: {}, at: 0 });
  assert.equal(await uploads.has({ sha256, kind: "py" }), false);
  s3.objects.set(key, { bytes: content, headers: { "x-amz-checksum-sha256": "of another" }, at: 0 });
  assert.equal(await uploads.has({ sha256, kind: "py" }), false);
});

test("without a store, whoever may ask is told that there is none", async (context) => {
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) => {
      uploadRoutes(v1, { now: Date.now, platform: samplePlatform() }, undefined);
    },
  });
  refusedWith(await gateway.call("POST", "/v1/uploads", { body: right }), "not-authenticated");
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  refusedWith(await gateway.call("POST", "/v1/uploads", { token, body: right }), "uploads-unavailable");
});

test("a store that refuses or fails is a problem, and so is a request that is not right", async (context) => {
  const { s3, ask } = await start(context);
  s3.refuse = () => 403;
  refusedWith(await ask(right), "storage-unavailable");
  for (const wrong of [
    { sha256: "../x" },
    { sha256: sha256.toUpperCase() },
    { size: 0 },
    { size: maxUploadBytes + 1 },
    { kind: "jar" },
    { bucket: "other" },
  ]) {
    refusedWith(await ask({ ...right, ...wrong }), "invalid-input");
  }
});
