import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { logsPrefix as logsOfTheStack } from "../../../components/storage/object-store.ts";
import { Problem } from "../../src/errors/problem.ts";
import { cutRemark, logsPrefix, S3Archive } from "../../src/logs/s3-archive.ts";
import { s3Client } from "../../src/storage/s3.ts";
import { startFakeS3, type FakeS3 } from "../support/fake-s3.ts";

const key = { applicationId: "word-count-1f", pod: "word-count-1f-driver" };
const line = (index: number): string =>
  `2026-11-24T12:00:00.${String(index).padStart(9, "0")}Z line ${index}\n`;

async function start(context: TestContext, mostBytes?: number): Promise<{ s3: FakeS3; archive: S3Archive }> {
  const s3 = await startFakeS3(context);
  const client = s3Client(s3.storage);
  context.after(() => {
    client.destroy();
  });
  return { s3, archive: new S3Archive(client, s3.storage.bucket, mostBytes) };
}

async function textOf(archive: S3Archive, of = key): Promise<string | undefined> {
  const log = await archive.getLog(of);
  return log && text(log);
}

const isTrouble = (error: unknown): boolean =>
  error instanceof Problem && error.code === "storage-unavailable" && error.message === "try again";

test("a log comes back as it was put, and lies compressed where the gateway's identity may write", async (context) => {
  const { s3, archive } = await start(context);
  const log = Array.from({ length: 10_000 }, (_, index) => line(index)).join("");
  await archive.putLog(key, Readable.from(Buffer.from(log)));
  assert.equal(await textOf(archive), log);
  assert.equal(logsPrefix, logsOfTheStack);
  const [[name, kept] = assert.fail()] = [...s3.objects];
  assert.equal(name, `${logsOfTheStack}word-count-1f/word-count-1f-driver.log.gz`);
  assert.equal(kept.headers["content-encoding"], "gzip");
  assert.ok(kept.bytes.length < log.length / 4, `${kept.bytes.length} bytes`);
  await archive.putLog(key, Readable.from(line(1)));
  assert.equal(await textOf(archive), line(1), "a later one takes its place");
});

test("of a log that breaks off, or that nobody waits for any more, nothing is kept", async (context) => {
  const { s3, archive } = await start(context);
  const broken = Readable.from(
    (function* () {
      yield line(0);
      throw new Error("reset");
    })(),
  );
  await assert.rejects(archive.putLog(key, broken), /reset/);
  const late = new AbortController();
  const endless = new Readable({ read: () => undefined });
  const put = archive.putLog(key, endless, late.signal);
  late.abort();
  await assert.rejects(put);
  assert.ok(endless.destroyed);
  assert.equal(s3.objects.size, 0);
});

test("a log without end takes a bounded part of the memory, and says that it was cut", async (context) => {
  const { s3, archive } = await start(context, 20_000);
  let made = 0;
  const endless = Readable.from(
    (function* () {
      // Random, so that it does not compress to nothing.
      for (;;) yield `${line((made += 1)).trim()} ${crypto.randomUUID().repeat(30)}\n`;
    })(),
  );
  await archive.putLog(key, endless);
  assert.ok(endless.destroyed);
  const kept = (await textOf(archive)) ?? "";
  assert.match(kept, /^2026-11-24T12:00:00\.000000001Z line 1 /);
  assert.ok(kept.endsWith(`\n${cutRemark}\n`));
  assert.ok([...s3.objects.values()].every(({ bytes }) => bytes.length < 500_000));
});

test("what is not there is told from what cannot be had", async (context) => {
  const { s3, archive } = await start(context);
  assert.equal(await textOf(archive), undefined);
  // As AWS answers an identity that may list a prefix alone.
  s3.refuse = (method, name) => (method === "GET" && name !== "" && !s3.objects.has(name) ? 403 : undefined);
  assert.equal(await textOf(archive), undefined);
  await archive.putLog(key, Readable.from(line(0)));
  s3.refuse = (_method, name) => (name === "" ? undefined : 403);
  await assert.rejects(archive.getLog(key), isTrouble);
  await assert.rejects(archive.putLog(key, Readable.from(line(1))), isTrouble);
  s3.refuse = () => 501;
  await assert.rejects(archive.podsOf(key.applicationId), isTrouble);
});

test("the pods of an application are told, the newest first, and no other's", async (context) => {
  const { archive } = await start(context);
  for (const pod of ["a-driver", "x-exec-1", "a-exec-2", "b-exec-1"])
    await archive.putLog({ applicationId: "a", pod }, Readable.from(line(0)));
  await archive.putLog({ applicationId: "a2", pod: "a2-driver" }, Readable.from(line(0)));
  await archive.putEvents("a", "[]");
  assert.deepEqual(await archive.podsOf("a"), ["b-exec-1", "a-exec-2", "x-exec-1", "a-driver"]);
});

test("what is removed is all of an application, and nothing of another; what fails is gone on with", async (context) => {
  const { s3, archive } = await start(context);
  for (const applicationId of ["a", "a2"]) {
    for (const pod of ["driver", "exec-1", "exec-2"])
      await archive.putLog({ applicationId, pod }, Readable.from(line(0)));
    await archive.putEvents(applicationId, "[]");
  }
  s3.refuse = (method) => (method === "DELETE" && s3.objects.size === 6 ? 403 : undefined);
  await assert.rejects(archive.remove("a"), isTrouble);
  assert.equal(s3.objects.size, 6);
  s3.refuse = () => undefined;
  await archive.remove("a");
  assert.deepEqual(
    [...s3.objects.keys()].filter((each) => !each.startsWith("logs/a2/")),
    [],
  );
  assert.equal(s3.objects.size, 4);
  await archive.remove("a");
});

test("events are kept as JSON", async (context) => {
  const { s3, archive } = await start(context);
  await archive.putEvents("a", '[{"reason":"Killing"}]');
  const kept = s3.objects.get("logs/a/events.json.gz") ?? assert.fail();
  assert.equal(gunzipSync(kept.bytes).toString(), '[{"reason":"Killing"}]');
  assert.equal(kept.headers["content-type"], "application/json");
});

test("a reader that goes lets go of the store's connection", async (context) => {
  const { s3, archive } = await start(context);
  // More than the buffers on the way hold, so that the answer ends only if somebody ends it.
  const bytes = gzipSync(randomBytes(16 * 1024 * 1024), { level: 0 });
  s3.objects.set("logs/word-count-1f/word-count-1f-driver.log.gz", { bytes, headers: {}, at: 0 });
  const reader = (await archive.getLog(key)) ?? assert.fail();
  await once(reader, "readable");
  const [answer = assert.fail()] = s3.open;
  assert.equal(s3.open.size, 1);
  const closed = once(answer, "close");
  reader.destroy();
  await closed;
  assert.equal(answer.writableFinished, false);
});
