import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { KubeError } from "../../../local/kube/kube.ts";
import {
  application,
  describeApplication,
  driverMessage,
  sparkGroup,
  sparkRef,
  type Application,
} from "../applications.ts";
import type { Bucket } from "../bucket.ts";
import { deliveries, output, text, uri, wordCount, wordCountTo } from "../deliveries.ts";
import { countWords } from "../expectations.ts";
import { existingStorage, job, team } from "../stack.ts";
import { ownStoreKeys, ownStoreUrl, startOwnStore, stopOwnStore } from "../own-store.ts";
import { E2ePlatform, report } from "../platform.ts";
import { copyByPodIdentity } from "../pod-identity.ts";
import { scale } from "../rollouts.ts";

/** The shortest program that leaves an event log. */
const tick = "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().stop()";

describe("core", () => {
  let platform: E2ePlatform;
  let bucket: Bucket;

  /** Waits for the job's success and its event log, and writes both to the report. */
  const completed = async (name: string): Promise<Application> => {
    const seen = await application(platform.kube, team, name, ["COMPLETED"]);
    const log = await bucket.keys(`events/eventlog_v2_${seen.sparkId}/`);
    assert.ok(log.includes(`events/eventlog_v2_${seen.sparkId}/appstatus_${seen.sparkId}`), log.join(", "));
    report(`${describeApplication(seen)}; event log of ${log.length} files`);
    return seen;
  };
  const assertCounted = async (name: string): Promise<void> => {
    const rows = await bucket.parquet(output(name));
    const counted = new Map(rows.map((row) => [String(row["word"]), Number(row["count"])]));
    assert.deepEqual(counted, countWords("examples/data/raven.txt"));
  };

  before(async () => {
    platform = await E2ePlatform.open("e2e-core");
  });
  after(async () => {
    await platform.close();
  });

  it("deploys the platform and its jobs", async () => {
    const changes = await platform.up(deliveries);
    assert.equal(changes.update + changes.replace + changes.delete + changes.same, 0);
    bucket = await platform.bucket({ namespace: "spark-storage", name: "bucket-setup" });
  });

  it("changes nothing at a second deploy", async () => {
    const changes = await platform.up(deliveries);
    assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    assert.ok(changes.same > 50, `only ${changes.same} resources`);
  });

  it("gives each purpose its own keys, which open nothing else", async () => {
    const jobs = await platform.bucket({ namespace: team, name: "s3-jobs" });
    const operator = await platform.bucket({ namespace: "spark-operator", name: "s3-operator" });
    await jobs.put("datasets/e2e/mine.txt", "jobs may");
    const refused = { name: "AccessDenied" };
    await assert.rejects(jobs.put("code/mine.py", "jobs may not"), refused);
    await assert.rejects(jobs.remove("events/"), refused);
    await assert.rejects(jobs.keys(""), refused);
    assert.ok((await operator.keys("code/")).includes("code/examples/top_words.py"));
    await assert.rejects(operator.bytes("datasets/examples/raven.txt"), refused);
    await assert.rejects(operator.put("code/mine.py", "the operator may not"), refused);
  });

  it("refuses a pod that Pod Security restricted forbids", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: team, name: "root" },
      spec: { containers: [{ name: "root", image: "any:1", securityContext: { privileged: true } }] },
    };
    const attempt = platform.kube.apply(pod, { fieldManager: "e2e" });
    await assert.rejects(attempt, (error) => error instanceof KubeError && error.status === 403);
  });

  it("runs code from a ConfigMap: the word count's Parquet is right", async () => {
    await completed("word-count");
    await assertCounted("word-count");
  });

  it("runs the same job on the other version of Spark by one field", async () => {
    await completed("word-count-3-5");
    await assertCounted("word-count-3-5");
  });

  it("runs a file from S3", async () => {
    await completed("top-words");
  });

  it("runs a folder, whose modules the executors import, too", async () => {
    await completed("folder");
    const squares = (await bucket.onlyText(output("folder"))).trim().split("\n").map(Number);
    assert.deepEqual(squares, [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]);
  });

  it("runs a jar of the image", async () => {
    await completed("jar");
    assert.ok((await bucket.keys(output("jar"))).includes(`${output("jar")}_SUCCESS`));
  });

  it("leaves no service of a job that has ended", async () => {
    const services = await platform.kube.list("v1", "Service", { namespace: team });
    const names = services.map((service) => textAt(service, "metadata", "name") ?? "");
    assert.deepEqual(
      names.filter((name) => name.startsWith("word-count-")),
      [],
    );
  });

  it("lets a pod in by the identity of its account alone, as a stack in AWS has it", async () => {
    const request = {
      image: textAt(platform.outputs, "sparkImages", "4.0.4") ?? "",
      store: textAt(platform.outputs, "storageEndpoint") ?? "",
      from: text,
      to: uri(output("pod-identity")),
    };
    const refused = await copyByPodIdentity(platform.kube, { ...request, token: "another" });
    assert.match(refused.said, /NoAuthWithAWSException: No AWS Credentials/);
    const { succeeded, said } = await copyByPodIdentity(platform.kube, { ...request, token: "the-token" });
    assert.ok(succeeded, said);
    const copied = await bucket.onlyText(output("pod-identity"));
    assert.equal(copied.trimEnd(), readFileSync("examples/data/raven.txt", "utf8").trimEnd());
  });

  describe("while the operator's webhook is down", () => {
    before(async () => {
      await scale(platform.kube, { namespace: "spark-operator", name: "spark-operator-webhook" }, 0);
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace: team, name: "warehouse" } };
      await platform.kube.apply({ ...secret, stringData: { password: "hunter2" } }, { fieldManager: "e2e" });
      const changes = await platform.up({
        "no-webhook": wordCountTo("no-webhook"),
        missing: job({ mainFile: uri("code/missing.py") }),
        patience: job({
          code: { file: "test/e2e/code/patience.py" },
          arguments: [uri("datasets/e2e/enough")],
          restart: { retries: 1, retryIntervalSeconds: 1 },
        }),
        environment: job({
          code: { file: "test/e2e/code/environment.py" },
          arguments: [uri(output("environment")), "a b", 7],
          env: { STAGE: "test" },
          secretEnv: { PASSWORD: { secret: "warehouse", key: "password" } },
          sparkConf: { "spark.sql.shuffle.partitions": 3 },
        }),
        tick: job({ code: { inline: tick }, schedule: { cron: "@every 1m" } }),
      });
      assert.ok(changes.delete >= Object.keys(deliveries).length, "the first jobs are still there");
    });

    it("runs a job by its schedule", async () => {
      const name = await until("a run of tick", 150_000, async () => {
        const runs = await platform.kube.list(sparkGroup, "SparkApplication", {
          namespace: team,
        });
        const names = runs.map((run) => textAt(run, "metadata", "name") ?? "");
        const run = names.find((each) => each.startsWith("tick-"));
        return run === undefined ? { waiting: `only ${names.join(", ")}` } : { done: run };
      });
      // One run is enough, and the next would take the other jobs' CPU.
      const schedule = sparkRef(team, "tick", "ScheduledSparkApplication");
      await platform.kube.patch(schedule, { spec: { suspend: true } });
      await completed(name);
    });

    it("runs the same job", async () => {
      await completed("no-webhook");
      await assertCounted("no-webhook");
    });

    it("ends a job whose file is missing as FAILED, with its reason", async () => {
      const seen = await application(platform.kube, team, "missing", ["FAILED"]);
      const message = await driverMessage(platform.kube, team, seen.driverPod);
      report(
        `${describeApplication(seen)}: ${message.split("\n").find((line) => line.includes("missing.py")) ?? ""}`,
      );
      assert.match(seen.reason, /driver container failed with ExitCode: 1/);
      assert.match(message, /No such file or directory: s3a:\/\/spark\/code\/missing\.py/);
    });

    it("runs a job again whose driver was deleted, as its restart policy says", async () => {
      const seen = await application(platform.kube, team, "patience", ["RUNNING"]);
      await platform.kube.remove({ apiVersion: "v1", kind: "Pod", namespace: team, name: seen.driverPod });
      await until("the second attempt to run", 180_000, async () => {
        const again = await application(platform.kube, team, "patience", [
          "RUNNING",
          "FAILING",
          "PENDING_RERUN",
        ]);
        const second = again.attempts === 2 && again.state === "RUNNING";
        return second ? { done: undefined } : { waiting: describeApplication(again) };
      });
      await bucket.put("datasets/e2e/enough", "enough");
      assert.equal((await completed("patience")).attempts, 2);
    });

    it("gives a job its arguments, environment, secrets and properties", async () => {
      await completed("environment");
      assert.deepEqual(JSON.parse(await bucket.onlyText(output("environment"))), {
        arguments: ["a b", "7"],
        stage: "test",
        "stage on the executor": "test",
        password: "hunter2",
        partitions: "3",
        version: "4.0.4",
      });
    });
  });

  describe("on a store that exists", () => {
    before(async () => {
      await startOwnStore(platform.kube);
    });
    after(async () => {
      await stopOwnStore(platform.kube);
    });

    it("says what to do where the store does not answer", async () => {
      const nowhere = existingStorage(ownStoreUrl.replace("//store.", "//nowhere."), ownStoreKeys);
      await assert.rejects(platform.up({}, { storage: nowhere }), /does not answer: check storage\.endpoint/);
    });

    it("makes the bucket and runs the same job", async () => {
      const storage = existingStorage(ownStoreUrl, ownStoreKeys);
      await platform.up({ "word-count": wordCount }, { storage });
      const seen = await application(platform.kube, team, "word-count", ["COMPLETED"]);
      report(describeApplication(seen));
    });
  });
});
