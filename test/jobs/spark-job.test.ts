import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { clusterDns } from "../../components/cluster/cluster-dns.ts";
import { jobNodes } from "../../components/cluster/job-nodes.ts";
import { ExistingStore } from "../../components/storage/existing-store.ts";
import { declareJob } from "../../jobs/declare-job.ts";
import { jobRuntime, type JobRuntime } from "../../jobs/job-runtime.ts";
import { standardDefaults } from "../../jobs/manifest/index.ts";
import { ScheduledSparkJob } from "../../jobs/scheduled-spark-job.ts";
import { SparkJob } from "../../jobs/spark-job.ts";
import { recordAt } from "../../local/kube/json.ts";
import { evaluate, type Graph } from "../support/mocks.ts";
import { platform, versions } from "./manifest/samples.ts";

/** Made inside of the evaluation, since outputs belong to the runtime that is on. */
const runtime = (): JobRuntime => ({
  defaults: standardDefaults,
  versions,
  platform: pulumi.output(platform),
  ready: [],
});

const program = (body: () => unknown): Promise<Graph> => evaluate(() => Promise.resolve(body()));

test("a job that is wrong throws one ResourceError with all its violations, and submits nothing", async () => {
  const thrown: unknown[] = [];
  const graph = await program(() => {
    try {
      new SparkJob("report", {
        runtime: runtime(),
        spec: { name: "Report", executor: { memory: "lots" }, sparkConf: { "spark.master": "local" } },
        code: { file: "no/such.py" },
      });
    } catch (error) {
      thrown.push(error);
    }
  });
  const [error] = thrown;
  assert.ok(error instanceof pulumi.ResourceError);
  assert.match(error.message, /^job report is not right:\n4 problems:/);
  for (const path of ["name", "executor.memory", 'sparkConf["spark.master"]', "code.file"])
    assert.ok(error.message.includes(`  ${path}: `), path);
  assert.deepEqual(
    graph.registrations.filter(({ custom }) => custom),
    [],
  );
});

test("the job's component holds its application and its code, and says the application's name", async () => {
  const graph = await program(() => {
    const job = new SparkJob("report", {
      runtime: runtime(),
      spec: { name: "monthly-report" },
      code: { inline: "pass" },
    });
    return { name: job.application };
  });
  const component = graph.only("spark-platform:jobs:SparkJob", "report");
  const children = graph.registrations.filter(({ custom }) => custom);
  assert.deepEqual(
    children.map(({ name, parent }) => [name, parent]),
    [
      ["report-code", component.urn],
      ["report-application", component.urn],
    ],
  );
  assert.equal(graph.outputs["name"], "monthly-report");
});

test("code without text, such as an archive's, keeps its bytes", async () => {
  const graph = await program(
    () =>
      new SparkJob("report", {
        runtime: runtime(),
        spec: { name: "report" },
        code: { folder: "examples", main: "word_count.py" },
      }),
  );
  const { inputs } = graph.only("kubernetes:core/v1:ConfigMap");
  assert.deepEqual(Object.keys(recordAt(inputs, "data")), ["word_count.py"]);
  assert.deepEqual(Object.keys(recordAt(inputs, "binaryData")), ["modules.zip"]);
});

test("a schedule decides which component a job becomes", async () => {
  const made: unknown[] = [];
  await program(() => {
    const spec = { name: "job", mainFile: "s3a://data/x.py" };
    made.push(declareJob("once", { runtime: runtime(), spec }, {}));
    made.push(
      declareJob("daily", { runtime: runtime(), spec: { ...spec, schedule: { cron: "@daily" } } }, {}),
    );
  });
  assert.ok(made[0] instanceof SparkJob);
  assert.ok(made[1] instanceof ScheduledSparkJob);
});

test("a job runs on the nodes that the cluster keeps for jobs", async () => {
  const graph = await program(() => {
    const keys = { accessKeyId: pulumi.output("id"), secretAccessKey: pulumi.secret("key") };
    const store = new ExistingStore("store", {
      dns: clusterDns([]),
      bucket: "spark",
      endpoint: { url: "https://s3.test", region: "eu-central-1", pathStyle: true },
      adminKeys: keys,
      keys: { jobs: keys, history: keys, operator: keys, registry: keys, gateway: keys },
      objects: {},
    });
    const namespace = pulumi.output("team-a");
    const team = { namespace, serviceAccount: "spark", imagePullSecrets: [], ready: [] };
    const common = { team, store, images: platform.images, defaults: standardDefaults, ready: [] };
    const spec = { mainFile: "s3a://data/x.py" };
    const placed = jobRuntime({ ...common, placement: jobNodes });
    declareJob("placed", { runtime: placed, spec: { ...spec, name: "placed" } }, {});
    declareJob("anywhere", { runtime: jobRuntime(common), spec: { ...spec, name: "anywhere" } }, {});
  });
  const template = (name: string, role: string): unknown => {
    const application = graph.registrations.find((each) => each.name === `${name}-application`);
    return recordAt(application?.inputs, "spec", role, "template");
  };
  for (const role of ["driver", "executor"] as const) {
    const { nodeSelector, tolerations } = recordAt(template("placed", role), "spec");
    assert.deepEqual(nodeSelector, jobNodes[role].nodeSelector);
    assert.deepEqual(tolerations, jobNodes[role].tolerations);
    assert.ok(!("nodeSelector" in recordAt(template("anywhere", role), "spec")));
  }
  assert.deepEqual(
    recordAt(template("placed", "driver"), "metadata", "annotations"),
    jobNodes.driver.annotations,
  );
});
