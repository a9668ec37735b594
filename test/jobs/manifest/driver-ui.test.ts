import assert from "node:assert/strict";
import { test } from "node:test";

import { sparkApplication, type JobPlatform } from "../../../jobs/manifest/index.ts";
import { platform, resolved, violations } from "./samples.ts";

const withUi: JobPlatform = { ...platform, driverUi: { secret: "driver-ui" } };
const options = "@/etc/spark-platform/driver-ui/java-options";
const sharedClasses = "-XX:SharedArchiveFile=/opt/spark/classes.jsa";

function conf(sparkVersion: string, from = withUi): Readonly<Record<string, string>> {
  return sparkApplication(resolved({ sparkVersion }), from).spec.sparkConf;
}

test("a driver of Spark 4 reads from the secret what its UI checks signatures with", () => {
  const made = conf("4.0.4");
  assert.equal(made["spark.kubernetes.driver.secrets.driver-ui"], "/etc/spark-platform/driver-ui");
  assert.equal(made["spark.driver.defaultJavaOptions"], `${options} ${sharedClasses}`);
  assert.equal(made["spark.ui.killEnabled"], "false");
});

test("one of Spark 3.5, which has no such filter, starts without", () => {
  const made = conf("3.5.8");
  assert.equal(made["spark.driver.defaultJavaOptions"], sharedClasses);
  const ofUi = (from: Readonly<Record<string, string>>): readonly string[] =>
    Object.keys(from).filter((key) => /^spark\.(ui|kubernetes\.driver)/.test(key));
  assert.deepEqual(ofUi(made), ["spark.ui.killEnabled"]);
  assert.deepEqual(ofUi(conf("4.0.4", platform)), []);
});

test("the engineer's own options stay, and no property of a user takes the filter away", () => {
  const job = resolved();
  const defaults = {
    "spark.driver.defaultJavaOptions": "-Duser.timezone=UTC",
    "spark.ui.killEnabled": "true",
  };
  const made = sparkApplication({ ...job, sparkConf: { ...job.sparkConf, defaults } }, withUi).spec.sparkConf;
  assert.equal(made["spark.driver.defaultJavaOptions"], `${options} -Duser.timezone=UTC`);
  assert.equal(made["spark.ui.killEnabled"], "false");
  for (const key of ["spark.driver.defaultJavaOptions", "spark.ui.filters", "spark.ui.killEnabled"])
    assert.equal(violations({ sparkConf: { [key]: "" } }).length, 1, key);
});
