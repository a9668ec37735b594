import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";

import { at, parseJson } from "../../../local/kube/json.ts";
import { application, describeApplication } from "../applications.ts";
import type { Bucket } from "../bucket.ts";
import { runNow } from "../cron-jobs.ts";
import { output, uri } from "../deliveries.ts";
import { E2ePlatform, report } from "../platform.ts";
import { job, team } from "../stack.ts";

/** Of test/e2e/code/writes.py. */
const rowCount = 6000;
const partOf = (id: number): number => Math.floor(id / 1000) % 2;

const all = Array.from({ length: rowCount }, (_, id) => id);
/** What each folder holds in the end: of the overwritten tables, one partition is as it was. */
const expected: Readonly<Record<string, readonly number[]>> = {
  "failed-task": all,
  "failed-task-json": all,
  "killed-executor": all,
  "killed-executor-json": all,
  "given-up": [],
  "overwritten-parquet": all.map((id) => (partOf(id) === 1 ? id : -1 - id)),
  "overwritten-json": all.map((id) => (partOf(id) === 1 ? id : -1 - id)),
};

/** Nobody is left there to abort what was under way, or ready: that is for components/storage/abort-uploads.ts. */
const leaving = ["killed-executor", "killed-executor-json", "given-up"];

const versions = { writes: "4.0.4", "writes-3-5": "3.5.8" };
const writes = Object.entries(versions).map(
  ([name, sparkVersion]) =>
    [
      name,
      job({
        sparkVersion,
        code: { file: "test/e2e/code/writes.py" },
        arguments: [uri(output(name))],
        executor: { instances: 2 },
      }),
    ] as const,
);

/** On Spark 4 alone: with Hadoop 3.3, the end of a write removes what other jobs have below its folder. */
const appended = output("appended");
const appends = ["long", "short"].map(
  (which) =>
    [
      `append-${which}`,
      job({
        sparkVersion: versions.writes,
        code: { file: "test/e2e/code/appends.py" },
        arguments: [uri(appended), uri(output("append-marks")), which],
      }),
    ] as const,
);
/** Begun by nobody who would go on with it: one is there, whatever the jobs leave. */
const unfinished = `${output("unfinished")}two words`;

/** Of test/e2e/code/appends.py. */
const appendedCount = 4000;

describe("what a job writes, whatever becomes of its tasks and executors", () => {
  let platform: E2ePlatform;
  /** With the store's own keys: jobs may not see whose uploads are unfinished. */
  let bucket: Bucket;

  before(async () => {
    platform = await E2ePlatform.open("e2e-writes");
    await platform.up(Object.fromEntries([...writes, ...appends]));
    bucket = await platform.bucket({ namespace: "spark-storage", name: "bucket-setup" });
    await bucket.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.name, Key: unfinished }));
  });
  after(async () => {
    await platform.close();
  });

  for (const [name, version] of Object.entries(versions)) {
    describe(`on Spark ${version}`, () => {
      before(async () => {
        report(describeApplication(await application(platform.kube, team, name, ["COMPLETED"])));
      });

      for (const [folder, ids] of Object.entries(expected)) {
        const prefix = `${output(name)}${folder}/`;

        it(`${folder}: each row once`, async () => {
          const rows = folder.endsWith("json")
            ? await jsonRows(bucket, prefix)
            : await bucket.parquet(prefix);
          const found = rows.map((row) => Number(row["id"]));
          assert.deepEqual(found.sort(byNumber), [...ids].sort(byNumber));
        });
      }

      it("leaves files of the table alone", async () => {
        const keys = await bucket.keys(output(name));
        const others = keys.filter((key) => !/\/(?:part-[^/]*|_SUCCESS|part=[01]\/part-[^/]*|)$/.test(key));
        assert.deepEqual(others, []);
      });

      it("leaves unfinished uploads of a lost executor and of a job that gave up, and no other", async () => {
        const keys = await uploads(bucket, output(name));
        const folders = new Set(keys.map((key) => key.slice(output(name).length).split("/")[0]));
        for (const folder of leaving) folders.delete(folder);
        assert.deepEqual([...folders], []);
      });

      it("is written by the storage's committer, which says so", async () => {
        for (const folder of ["failed-task", "failed-task-json", "killed-executor", "killed-executor-json"]) {
          const bytes = await bucket.bytes(`${output(name)}${folder}/_SUCCESS`);
          assert.equal(at(parseJson(new TextDecoder().decode(bytes)), "committer"), "magic", folder);
        }
      });
    });
  }

  describe("of two jobs that append to one folder, of which one ends while the other has written a part", () => {
    before(async () => {
      for (const which of ["append-long", "append-short"])
        report(describeApplication(await application(platform.kube, team, which, ["COMPLETED"])));
    });

    it("each row once", async () => {
      const ids = (await bucket.parquet(appended)).map((row) => Number(row["id"]));
      assert.deepEqual(
        ids.sort(byNumber),
        Array.from({ length: appendedCount }, (_, id) => id),
      );
    });
  });

  it("leaves no unfinished upload once they are too old", async () => {
    assert.ok((await uploads(bucket)).includes(unfinished));
    const cronJob = { namespace: "spark-storage", name: "abort-uploads" };
    await runNow(platform.kube, cronJob, { MAX_AGE_DAYS: "0" });
    assert.deepEqual(await uploads(bucket), []);
  });
});

/** The keys of the unfinished uploads below the prefix, by default of all. */
async function uploads(bucket: Bucket, prefix?: string): Promise<readonly string[]> {
  const request = new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: prefix });
  const { Uploads = [] } = await bucket.client.send(request);
  return Uploads.map(({ Key = "" }) => Key);
}

const byNumber = (a: number, b: number): number => a - b;

async function jsonRows(bucket: Bucket, prefix: string): Promise<Record<string, unknown>[]> {
  const parts = (await bucket.keys(prefix)).filter((key) => key.endsWith(".json"));
  const texts = await Promise.all(
    parts.map(async (key) => new TextDecoder().decode(await bucket.bytes(key))),
  );
  return texts.flatMap((text) => text.trim().split("\n")).map((line) => ({ id: at(parseJson(line), "id") }));
}
