import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../images/check-base.sh", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "check base "));
after(() => rm(root, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the check for Spark 4.0.4 with Hadoop 3.4.1 on a base with these jars. */
async function check(jars: readonly string[], javaVersion?: string): Promise<Outcome> {
  const home = await mkdtemp(join(root, "home "));
  await mkdir(join(home, "jars"));
  for (const jar of jars) await writeFile(join(home, "jars", jar), "");
  if (javaVersion !== undefined)
    await writeFile(join(home, "release"), `IMAGE="x"\nJAVA_VERSION="${javaVersion}"\n`);
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], SPARK_HOME: home, JAVA_HOME: home };
    execFile("sh", [script, "4.0.4", "2.13", "3.4.1", "17"], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const spark = "spark-core_2.13-4.0.4.jar";
const hadoop = "hadoop-client-api-3.4.1.jar";

describe("check-base.sh", () => {
  it("passes a base that fits", async () => {
    const { code, stdout, stderr } = await check(
      [spark, hadoop, "hadoop-client-runtime-3.4.1.jar"],
      "17.0.13",
    );
    assert.equal(stderr, "");
    assert.equal(stdout, "check-base: fits: Spark 4.0.4, Scala 2.13, Hadoop 3.4.1.\n");
    assert.equal(code, 0);
  });

  it("names both versions of Hadoop where they differ", async () => {
    const { code, stdout, stderr } = await check([spark, "hadoop-client-api-3.4.2.jar"]);
    assert.match(stderr, /hadoop-aws 3\.4\.1 is to be added, but the base has hadoop-client-api 3\.4\.2:/);
    assert.doesNotMatch(stderr, /the row is of/);
    assert.equal(stdout, "");
    assert.equal(code, 1);
  });

  it("takes a vendor's build for another version", async () => {
    const { code, stderr } = await check([spark, "hadoop-client-api-3.4.1-amzn-0.jar"]);
    assert.match(stderr, /the base has hadoop-client-api 3\.4\.1-amzn-0:/);
    assert.equal(code, 1);
  });

  it("names both versions of Spark where they differ", async () => {
    const { code, stderr } = await check(["spark-core_2.13-4.0.2.jar", hadoop]);
    assert.match(stderr, /the row is of Spark 4\.0\.4, but the base has Spark 4\.0\.2\./);
    assert.doesNotMatch(stderr, /hadoop-aws|Scala/);
    assert.equal(code, 1);
  });

  it("says all that differs at once", async () => {
    const { code, stderr } = await check(["spark-core_2.12-3.5.8.jar", "hadoop-client-api-3.3.4.jar"]);
    assert.match(stderr, /Spark 4\.0\.4, but the base has Spark 3\.5\.8/);
    assert.match(stderr, /Scala 2\.13, but the base has Scala 2\.12/);
    assert.match(stderr, /hadoop-aws 3\.4\.1 is to be added, but the base has hadoop-client-api 3\.3\.4/);
    assert.equal(code, 1);
  });

  it("refuses a base without Spark's or Hadoop's jars", async () => {
    const nothing = await check([]);
    assert.match(nothing.stderr, /no spark-core_\*\.jar in .*\n.*no hadoop-client-api-\*\.jar in /);
    assert.equal(nothing.code, 1);
    const noHadoop = await check([spark]);
    assert.match(noHadoop.stderr, /no hadoop-client-api-\*\.jar/);
    assert.equal(noHadoop.code, 1);
  });

  it("refuses a base with two of them", async () => {
    const { code, stderr } = await check([spark, hadoop, "hadoop-client-api-3.3.4.jar"]);
    assert.match(stderr, /several hadoop-client-api-\*\.jar in .*3\.3\.4\.jar .*3\.4\.1\.jar/);
    assert.equal(code, 1);
  });

  it("notes another Java, and goes on", async () => {
    const { code, stderr } = await check([spark, hadoop], "11.0.25");
    assert.equal(stderr, "check-base: note: the row was tested with Java 17, the base has Java 11.\n");
    assert.equal(code, 0);
  });
});
