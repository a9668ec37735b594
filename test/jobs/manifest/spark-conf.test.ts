import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { isAllowedKey } from "../../../jobs/manifest/spark-conf-allowed.ts";
import { platform, manifest, violations } from "./samples.ts";

const word = fc.stringMatching(/^[A-Za-z0-9.]{1,20}$/);

const forbiddenPrefixes = [
  "spark.kubernetes.",
  "spark.master",
  "spark.submit.",
  "spark.jars",
  "spark.files",
  "spark.archives",
  "spark.eventLog.",
  "spark.hadoop.fs.s3a.bucket.",
  "spark.hadoop.fs.s3a.access.",
  "spark.hadoop.fs.s3a.secret.",
  "spark.hadoop.fs.s3a.session.",
  "spark.hadoop.fs.s3a.aws.",
  "spark.hadoop.fs.s3a.endpoint",
  "spark.hadoop.fs.s3a.assumed.",
  "spark.hadoop.fs.s3a.proxy.",
  "spark.hadoop.fs.s3a.signing",
  "spark.hadoop.fs.s3a.committer.",
  "spark.hadoop.hadoop.",
  "spark.hadoop.fs.file.",
  "spark.authenticate",
  "spark.security.",
  "spark.ssl.",
  "spark.acls.",
  "spark.admin.",
  "spark.ui.filters",
  "spark.ui.proxy",
  "spark.org.apache.",
  "spark.local.",
  "spark.redaction.",
  "spark.driverEnv.",
  "spark.executorEnv.",
  "spark.driver.host",
  "spark.driver.extraClassPath",
  "spark.yarn.",
  "spark.launcher.",
];

describe("the allow-list", () => {
  test("refuses everything under a forbidden name", () => {
    const key = fc.tuple(fc.constantFrom(...forbiddenPrefixes), word).map(([prefix, rest]) => prefix + rest);
    const tunable = ["threads", "name"].map((key) => `spark.hadoop.fs.s3a.committer.${key}`);
    fc.assert(
      fc.property(key, (name) => {
        assert.equal(isAllowedKey(name), tunable.includes(name));
      }),
      { numRuns: 2000 },
    );
  });

  test("refuses what is not a Spark property, or hides one", () => {
    const allowed = "spark.sql.shuffle.partitions";
    const other = fc.string().filter((name) => !name.startsWith("spark."));
    fc.assert(
      fc.property(other, (name) => {
        assert.equal(isAllowedKey(name), false);
        if (name !== "" && !/^[A-Za-z0-9._-]+$/.test(name)) assert.equal(isAllowedKey(allowed + name), false);
      }),
    );
    for (const name of ["spark.sql.x=1 --conf spark.master", "spark.sql.x\n", "spark.sql.", " spark.sql.x"]) {
      assert.equal(isAllowedKey(name), false, name);
    }
  });

  test("has no key of the storage, the event log or the committer", () => {
    const base = manifest().spec.sparkConf;
    const user = Object.keys(base).filter((key) => isAllowedKey(key));
    assert.deepEqual(user, [
      "spark.hadoop.fs.s3a.committer.name",
      "spark.hadoop.fs.s3a.committer.threads",
      "spark.hadoop.fs.s3a.connection.maximum",
      "spark.hadoop.fs.s3a.retry.limit",
      "spark.hadoop.fs.s3a.threads.max",
      "spark.hadoop.parquet.hadoop.vectored.io.enabled",
    ]);
    assert.equal(isAllowedKey("spark.sql.sources.commitProtocolClass"), false);
    assert.equal(isAllowedKey("spark.sql.parquet.output.committer.class"), false);
    assert.equal(isAllowedKey("spark.sql.sources.outputCommitterClass"), false);
    assert.ok(Object.keys(platform.storage.sparkConf).every((key) => key in base));
  });

  test("lets each kind of tuning through", () => {
    const sparkConf = {
      "spark.sql.adaptive.enabled": true,
      "spark.sql.shuffle.partitions": 200,
      "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
      "spark.speculation": "true",
      "spark.dynamicAllocation.executorIdleTimeout": "30s",
      "spark.driver.maxResultSize": "2g",
      "spark.executor.extraJavaOptions": "-XX:+UseZGC -Dapp.mode=test",
      "spark.hadoop.fs.s3a.connection.maximum": 200,
      "spark.hadoop.fs.s3a.connection.timeout": "30s",
      "spark.hadoop.fs.s3a.multipart.size": "64M",
      "spark.hadoop.parquet.block.size": "1048576",
    };
    assert.deepEqual(violations({ sparkConf }), []);
  });
});

describe("a property's value", () => {
  const wrong: readonly (readonly [key: string, value: unknown])[] = [
    ["spark.sql.x", "${env:AWS_SECRET_ACCESS_KEY}"],
    ["spark.hadoop.fs.s3a.attempts.maximum", "1000000"],
    ["spark.hadoop.fs.s3a.attempts.maximum", -1],
    ["spark.hadoop.fs.s3a.connection.timeout", "0s"],
    ["spark.hadoop.fs.s3a.connection.timeout", "100000m"],
    ["spark.hadoop.fs.s3a.multipart.size", "100000M"],
    ["spark.hadoop.fs.s3a.fast.upload.buffer", "/etc"],
    ["spark.hadoop.fs.s3a.committer.name", "directory"],
    ["spark.driver.extraJavaOptions", "-Xmx8g"],
    ["spark.executor.extraJavaOptions", "-Dapp=x -Dspark.ui.port=1"],
    ["spark.executor.extraJavaOptions", "'-Xmx8g'"],
    ["spark.sql.x", null],
    ["spark.sql.x", ["a"]],
  ];
  for (const [key, value] of wrong) {
    test(`refused: ${key}=${String(value)}`, () => {
      const found = violations({ sparkConf: { [key]: value } });
      assert.deepEqual(
        found.map(({ path }) => path),
        [`sparkConf["${key}"]`],
      );
    });
  }

  test("JVM options are refused where Spark refuses them, and nowhere else", () => {
    const accepted = (key: string, value: string): boolean =>
      violations({ sparkConf: { [key]: value } }).length === 0;
    const options = fc.array(
      fc.constantFrom(
        "-Xmx8g",
        '"-X"mx8g',
        "-Xms1g",
        "-Dspark.x=1",
        '-D"spark.x"=1',
        "@/tmp/o",
        "-XX:OnError=ls",
        "'a b'",
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom("driver", "executor"), options, (role, list) => {
        const value = list.join(" ");
        // SparkSubmitCommandBuilder.checkJavaOptions and SparkConf.validateSettings, in 3.5.8 as in 4.0.4.
        const refused = value.includes("-Xmx") || (role === "executor" && value.includes("-Dspark"));
        assert.equal(accepted(`spark.${role}.extraJavaOptions`, value), !refused, value);
      }),
    );
  });

  test("a property with a field of its own is sent there", () => {
    const found = violations({ sparkConf: { "spark.executor.memory": "2g" } });
    assert.match(found[0]?.expected ?? "", /executor\.memory/);
  });
});
