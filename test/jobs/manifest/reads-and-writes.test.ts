import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { resolveJob, sparkApplication, standardDefaults } from "../../../jobs/manifest/index.ts";
import { mainFile, platform, versions } from "./samples.ts";

type Texts = Readonly<Record<string, string>>;

function confOf(wishes: object, defaults: Texts = {}): Texts {
  const job = resolveJob({ ...standardDefaults, sparkConf: defaults }, versions, {
    name: "job",
    mainFile,
    ...wishes,
  });
  assert.ok(job.ok);
  return sparkApplication(job.value, platform).spec.sparkConf;
}

test("a job reads Parquet in vectors, unless its defaults or it itself say otherwise", () => {
  const key = "spark.hadoop.parquet.hadoop.vectored.io.enabled";
  const off = { [key]: "false" };
  assert.equal(confOf({})[key], "true");
  assert.equal(confOf({}, off)[key], "false");
  assert.equal(confOf({ sparkConf: off })[key], "false");
});

test("the S3 client may have at once what the tasks of an executor may, and no less than Hadoop's", () => {
  const [threads, connections] = ["threads.max", "connection.maximum"].map(
    (key) => `spark.hadoop.fs.s3a.${key}`,
  );
  assert.ok(threads !== undefined && connections !== undefined);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 512 }), (cores) => {
      const conf = confOf({ executor: { cores, coreRequest: "1" } });
      // Four blocks of a file, four column chunks and the file itself for each task.
      assert.ok(Number(conf[threads]) >= Math.max(96, 4 * cores), conf[threads]);
      assert.ok(Number(conf[connections]) >= Math.max(500, 9 * cores), conf[connections]);
    }),
  );
  assert.deepEqual([confOf({})[threads], confOf({})[connections]], ["96", "500"]);
  assert.equal(confOf({ sparkConf: { [connections]: 8 } })[connections], "8");
  assert.equal(confOf({}, { [threads]: "5" })[threads], "5");
});

test("a job writes by the storage's committer on the platform's images, and on its own if it says so", () => {
  const key = "spark.hadoop.fs.s3a.committer.name";
  const { committerConf } = platform.storage;
  const written = (wishes: object, defaults: Texts = {}): Texts =>
    Object.fromEntries(
      Object.entries(confOf(wishes, defaults)).filter(([name]) => Object.hasOwn(committerConf, name)),
    );
  const [magic, file] = ["magic", "file"].map((value) => ({ [key]: value }));
  assert.equal(committerConf[key], "magic");
  assert.deepEqual(written({}), committerConf);
  assert.deepEqual(written({ sparkVersion: "3.5.8" }), committerConf);
  assert.deepEqual(written({ sparkConf: file }), file);
  assert.deepEqual(written({}, file), file);
  assert.deepEqual(written({ sparkConf: magic }, file), committerConf);
  assert.deepEqual(written({ image: "team/app:1" }), {});
  assert.deepEqual(written({ image: "team/app:1", sparkConf: magic }), committerConf);
});
