import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { setImmediate as immediate } from "node:timers/promises";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { passUploadsOn } from "../../src/jobs/pass-upload-route.ts";
import { maxUploadBytes } from "../../src/jobs/upload.ts";
import { eventually } from "../support/eventually.ts";
import { startFakeS3 } from "../support/fake-s3.ts";
import { refusedWith, startGateway, type Answer } from "../support/gateway.ts";
import { answerTo, listening, openPut, startPassing } from "../support/passing-uploads.ts";

const content = Buffer.from("print(1)\n");
const sha256 = createHash("sha256").update(content).digest("hex");
const upload = { sha256, kind: "py" } as const;
const path = `/v1/uploads/py/${sha256}`;
const key = `code/uploads/${sha256}.py`;

test("where clients cannot reach the store, the gateway takes what it says it takes, and puts it there", async (context) => {
  const s3 = await startFakeS3(context);
  const { gateway, uploads, token, put } = await startPassing(context, s3.storage.endpoint ?? "");
  const ask = (): Promise<Answer> =>
    gateway.call("POST", "/v1/uploads", { token, body: { ...upload, size: content.length } });
  assert.deepEqual((await ask()).body, {
    there: false,
    url: path,
    headers: { "content-length": "9", "content-type": "application/octet-stream" },
  });
  const done = await put(content, path);
  assert.deepEqual([done.status, done.body], [200, { there: true }]);
  assert.deepEqual(s3.objects.get(key)?.bytes, content);
  assert.equal(
    s3.objects.get(key)?.headers["x-amz-checksum-sha256"],
    Buffer.from(sha256, "hex").toString("base64"),
  );
  assert.equal(await uploads.has(upload), true);
  assert.deepEqual((await ask()).body, { there: true });
});

test("what is not the content that its name says leaves nothing", async (context) => {
  const s3 = await startFakeS3(context);
  const { put } = await startPassing(context, s3.storage.endpoint ?? "");
  for (const other of [Buffer.from("print(2)\n"), Buffer.concat([content, content]), Buffer.alloc(3_000_000)])
    refusedWith(await put(other, path), "upload-mismatch");
  await eventually("the store has let go", () => s3.open.size === 0);
  assert.equal(s3.objects.size, 0);
});

test("what cannot be an upload is refused before anything of it goes to the store", async (context) => {
  const s3 = await startFakeS3(context);
  const { api, token, put } = await startPassing(context, s3.storage.endpoint ?? "");
  s3.refuse = () => assert.fail("the store is asked");
  const empty = await put(Buffer.alloc(0), path);
  refusedWith(empty, "invalid-input");
  assert.deepEqual(listAt(empty.body, "violations"), [
    {
      path: "headers.content-length",
      problem: "0 is below the minimum of 1",
      expected: "the size of the content, at least 1 byte",
    },
  ]);
  const unsaid = openPut(`${api}${path}`, token, { "transfer-encoding": "chunked" });
  unsaid.end(content);
  refusedWith(await answerTo(unsaid), "invalid-input");
  const large = openPut(`${api}${path}`, token, { "content-length": String(maxUploadBytes + 1) });
  large.flushHeaders();
  refusedWith(await answerTo(large), "request-too-large");
  large.destroy();
  for (const type of ["application/json", "text/plain", ""])
    refusedWith(await put(content, path, { "content-type": type }), "unsupported-media-type");
  for (const wrong of [`/v1/uploads/jar/${sha256}`, `/v1/uploads/py/${sha256.toUpperCase()}`])
    refusedWith(await put(content, wrong), "invalid-input");
  refusedWith(await put(content, path, { authorization: "" }), "token-invalid");
  assert.equal(s3.objects.size, 0);
});

test("a client that goes away takes with it what it has sent, and is no fault of the gateway", async (context) => {
  const s3 = await startFakeS3(context);
  const { api, token, gateway } = await startPassing(context, s3.storage.endpoint ?? "");
  const sent = openPut(`${api}${path}`, token, { "content-length": "3000000" });
  sent.once("error", () => undefined);
  sent.write(Buffer.alloc(1_000_000));
  await eventually("the store is asked", () => s3.open.size === 1);
  sent.destroy();
  await eventually("the store has let go", () => s3.open.size === 0);
  assert.equal(s3.objects.size, 0);
  // Once as what does not arrive, and once as what is no HTTP, as Node sees where it ends.
  const isCounted = async (): Promise<boolean> =>
    /problems_total\{code="malformed-request"\} [12]/.test(await gateway.metrics.registry.metrics());
  await eventually("it is counted", isCounted);
  assert.doesNotMatch(await gateway.metrics.registry.metrics(), /internal-error/);
});

test("a store that refuses, goes away in the middle, or is not there is told as such", async (context) => {
  const s3 = await startFakeS3(context);
  const { put } = await startPassing(context, s3.storage.endpoint ?? "");
  s3.refuse = (method) => (method === "PUT" ? 500 : undefined);
  refusedWith(await put(content, path), "storage-unavailable");
  s3.refuse = () => undefined;
  assert.equal((await put(content, path)).status, 200, "and is asked again by the next");

  const cut = createServer((incoming) => void incoming.once("data", () => incoming.socket.destroy()));
  const gone = await startPassing(context, await listening(context, cut));
  refusedWith(await gone.put(Buffer.alloc(3_000_000), path), "storage-unavailable");
  cut.close();
  refusedWith(await gone.put(content, path), "storage-unavailable");
});

test("the same content may come twice at once", async (context) => {
  const s3 = await startFakeS3(context);
  const { put } = await startPassing(context, s3.storage.endpoint ?? "");
  const answers = await Promise.all([put(content, path), put(content, path), put(content, path)]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.deepEqual(s3.objects.get(key)?.bytes, content);
});

test("the largest upload passes through piece by piece, as fast as a store takes it", async (context) => {
  let taken = 0;
  // A slow one: whatever it does not take has to wait with the client.
  const sink = createServer((incoming, response) => {
    void (async () => {
      for await (const chunk of incoming) {
        taken += Buffer.isBuffer(chunk) ? chunk.length : assert.fail();
        await immediate();
      }
      response.end();
    })();
  });
  const { api, token } = await startPassing(context, await listening(context, sink));
  const piece = Buffer.alloc(1024 * 1024, 7);
  const pieces = maxUploadBytes / piece.length;
  const hash = createHash("sha256");
  for (let count = 0; count < pieces; count++) hash.update(piece);
  const sent = openPut(`${api}/v1/uploads/zip/${hash.digest("hex")}`, token, {
    "content-length": String(maxUploadBytes),
  });
  const answer = answerTo(sent);
  let most = 0;
  const given = function* (): Generator<Buffer, void, undefined> {
    for (let count = 0; count < pieces; count++) {
      most = Math.max(most, count * piece.length - taken);
      yield piece;
    }
  };
  await pipeline(Readable.from(given()), sent);
  assert.equal((await answer).status, 200);
  assert.equal(taken, maxUploadBytes);
  // What the connections hold, and Node's readers and writers.
  assert.ok(most < maxUploadBytes / 5, `${most} bytes were on the way`);
});

test("an upload has longer than other bodies, which end after half a minute", async (context) => {
  const times: unknown[] = [];
  await startGateway(context, "sqlite", {
    routes: (v1) => {
      v1.addHook("onRoute", ({ config }) => void times.push(config?.bodyMs));
      passUploadsOn(v1, { put: () => assert.fail("nobody uploads") });
    },
  });
  assert.deepEqual(times, [900_000]);
});

test("the description says what is sent, and that it needs a token", async (context) => {
  const { gateway } = await startPassing(context, "http://127.0.0.1:1");
  const { body } = await gateway.call("GET", "/v1/openapi.json");
  const route = at(body, "paths", "/v1/uploads/{kind}/{sha256}", "put");
  assert.equal(textAt(route, "operationId"), "putUpload");
  assert.deepEqual(at(route, "security"), [{ token: [] }]);
  const sent = at(route, "requestBody", "content");
  assert.deepEqual(Object.keys(sent ?? {}), ["application/octet-stream"]);
  assert.equal(at(sent, "application/octet-stream", "schema", "format"), "binary");
});
