import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../images/spark-operator/spark-submit", import.meta.url));
const home = await mkdtemp(join(tmpdir(), "spark home "));
after(() => rm(home, { recursive: true }));
await mkdir(join(home, "bin"));
await mkdir(join(home, "submit"));
await writeFile(join(home, "submit", "class-path"), "a.jar:b.jar\ns3.jar\n");
// In the place of Java: says its arguments, one a line.
await writeFile(join(home, "bin", "java"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });

/** What Java is started with. */
async function started(args: readonly string[], options?: string): Promise<readonly string[]> {
  const env = {
    PATH: process.env["PATH"],
    SPARK_HOME: home,
    JAVA_HOME: home,
    ...(options !== undefined && { SPARK_SUBMIT_OPTS: options }),
  };
  const { stdout } = await promisify(execFile)("sh", [script, ...args], { env });
  return stdout.trimEnd().split("\n");
}

const classPathOf = async (...args: string[]): Promise<string | undefined> => (await started(args))[2];

describe("the operator's spark-submit", () => {
  it("hands over every argument as it is, after the options that the image has", async () => {
    const args = ["--conf", "spark.a=b  c $HOME *", "--name", "", "local:///a b.py"];
    assert.deepEqual(await started(args), [
      `@${home}/submit/java-options`,
      "-cp",
      "a.jar:b.jar",
      "org.apache.spark.deploy.SparkSubmit",
      ...args,
    ]);
  });

  it("has the S3 jars behind all others where the submission may read from S3", async () => {
    const s3 = "a.jar:b.jar:s3.jar";
    assert.equal(await classPathOf("--jars", "s3a://b/x.jar", "--files", "s3a://b/y", "local:///a.py"), s3);
    assert.equal(await classPathOf("s3a://b/code/a.py"), s3);
    assert.equal(await classPathOf("--conf", "spark.kubernetes.file.upload.path=s3a://b/u", "a.py"), s3);
    assert.equal(await classPathOf("--conf", "spark.hadoop.fs.defaultFS=s3a://b", "a.py"), s3);
  });

  it("does without them where S3 is for the driver alone", async () => {
    const settings = ["spark.eventLog.dir=s3a://b/events", "spark.hadoop.fs.s3a.endpoint=http://s3.test"];
    const args = settings.flatMap((setting) => ["--conf", setting]);
    assert.equal(await classPathOf(...args, "local:///a.py"), "a.jar:b.jar");
  });

  it("takes SPARK_SUBMIT_OPTS for words", async () => {
    assert.deepEqual((await started(["a.py"], "-Da=1 -Db=2")).slice(1, 4), ["-Da=1", "-Db=2", "-cp"]);
  });
});
