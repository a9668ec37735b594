import assert from "node:assert/strict";
import { test } from "node:test";

import { sparkApplication } from "../../../jobs/manifest/index.ts";
import { manifest, platform, resolved } from "./samples.ts";

const keys = [
  "spark.driver.defaultJavaOptions",
  "spark.driver.extraClassPath",
  "spark.executor.defaultJavaOptions",
  "spark.executor.extraClassPath",
];

test("driver and executors map the classes of the platform's image, and nothing stands before those", () => {
  const { sparkConf } = manifest().spec;
  for (const role of ["driver", "executor"]) {
    assert.equal(sparkConf[`spark.${role}.extraClassPath`], "/opt/spark/jars/spark-class-path.jar");
    assert.match(sparkConf[`spark.${role}.defaultJavaOptions`] ?? "", /-XX:SharedArchiveFile=/);
  }
});

test("an image of the user's own has its own jars", () => {
  const { sparkConf } = manifest({ image: "team/app:1" }).spec;
  for (const key of keys) assert.equal(key in sparkConf, false, key);
});

test("what the engineer sets wins", () => {
  const job = resolved();
  const defaults = Object.fromEntries(keys.map((key) => [key, "own"]));
  const { sparkConf } = sparkApplication(
    { ...job, sparkConf: { ...job.sparkConf, defaults } },
    platform,
  ).spec;
  for (const key of keys) assert.equal(sparkConf[key], "own", key);
});
