import assert from "node:assert/strict";
import { test } from "node:test";

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
