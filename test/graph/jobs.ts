import assert from "node:assert/strict";
import { test } from "node:test";

import { applicationSpec, localGraph, nameOf, namespaceOf, object, ofKind } from "../support/graph.ts";
import { at, listAt, recordAt } from "../../local/kube/json.ts";
import { crdErrors, type Kind } from "../support/crd-schema.ts";
import type { Graph } from "../support/mocks.ts";

const schedule = { cron: "0 3 * * *" };
const jobsOf = (jobs: object): Promise<Graph> => localGraph({ jobs });
const inline = (code: string): Promise<Graph> =>
  jobsOf({ report: { namespace: "analytics", code: { inline: code } } });

const kinds: readonly Kind[] = ["SparkApplication", "ScheduledSparkApplication"];

test("every declared job is what the operator's CRDs take, without a field that they do not know", async () => {
  const nightly = {
    namespace: "analytics",
    mainFile: "s3a://spark/code/nightly.py",
    schedule,
    dynamicAllocation: {},
    env: { STAGE: "test" },
    secretEnv: { PASSWORD: { secret: "warehouse", key: "password" } },
  };
  const graphs = [await localGraph(), await jobsOf({ nightly }), await inline("print(1)")];
  const checked = graphs.flatMap((graph) =>
    kinds.flatMap((kind) =>
      ofKind(graph, kind).map((each) => {
        assert.equal(each.type, `kubernetes:sparkoperator.k8s.io/v1beta2:${kind}`);
        assert.deepEqual(crdErrors({ ...each.inputs, kind }), [], each.name);
      }),
    ),
  );
  assert.equal(checked.length, 5);
});

test("the examples say where their code is, each in another way", async () => {
  const graph = await localGraph();
  const main = (name: string): unknown =>
    applicationSpec(object(graph, "SparkApplication", name))["mainApplicationFile"];
  assert.equal(main("word-count"), "local:///opt/spark/code/word_count.py");
  assert.equal(main("spark-pi"), "local:///opt/spark/examples/jars/spark-examples_2.13-4.0.4.jar");
  assert.equal(main("top-words"), "s3a://spark/code/examples/top_words.py");
});

test("a job with a schedule becomes a ScheduledSparkApplication and nothing else", async () => {
  const graph = await jobsOf({ nightly: { namespace: "analytics", code: { inline: "pass" }, schedule } });
  assert.deepEqual(ofKind(graph, "SparkApplication"), []);
  const { inputs } = object(graph, "ScheduledSparkApplication", "nightly", "analytics");
  assert.equal(at(inputs, "spec", "schedule"), "0 3 * * *");
  assert.ok(graph.only("spark-platform:jobs:ScheduledSparkJob", "nightly"));
});

test("jobs have the keys of `jobs` as references, and none in their properties", async () => {
  for (const each of ofKind(await localGraph(), "SparkApplication")) {
    const spec = applicationSpec(each);
    for (const role of ["driver", "executor"]) {
      const refs = recordAt(spec, role, "envSecretKeyRefs");
      assert.deepEqual(
        Object.entries(refs).map(([variable, ref]) => [variable, at(ref, "name"), at(ref, "key")]),
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map((key) => [key, "s3-jobs", key]),
      );
    }
    assert.doesNotMatch(Object.keys(recordAt(spec, "sparkConf")).join(" "), /access\.key|secret\.key/);
    assert.equal(at(spec, "sparkConf", "spark.eventLog.dir"), "s3a://spark/events/");
  }
});

test("a job lies in the namespace that it names", async () => {
  const graph = await localGraph({
    namespaces: [{ name: "analytics" }, { name: "finance" }],
    jobs: {
      one: { namespace: "analytics", code: { inline: "pass" } },
      two: { namespace: "finance", code: { inline: "pass" } },
    },
  });
  const places = (kind: string): unknown =>
    ofKind(graph, kind)
      .filter((each) => each.parent?.includes("SparkJob") === true)
      .map((each) => [each.name, namespaceOf(each)])
      .sort();
  assert.deepEqual(places("SparkApplication"), [
    ["one-application", "analytics"],
    ["two-application", "finance"],
  ]);
  assert.deepEqual(places("ConfigMap"), [
    ["one-code", "analytics"],
    ["two-code", "finance"],
  ]);
});

test("code is an immutable ConfigMap named by its content, and other code is another ConfigMap", async () => {
  const mounted = async (code: string): Promise<string> => {
    const graph = await inline(code);
    const configMap = graph.only("kubernetes:core/v1:ConfigMap", "report-code");
    assert.equal(configMap.inputs["immutable"], true);
    assert.deepEqual(configMap.inputs["data"], { "main.py": code });
    assert.match(nameOf(configMap), /^report-code-[0-9a-f]{8}$/);
    const spec = applicationSpec(object(graph, "SparkApplication", "report"));
    for (const role of ["driver", "executor"]) {
      const [volume] = listAt(spec, role, "template", "spec", "volumes");
      assert.equal(at(volume, "configMap", "name"), nameOf(configMap));
    }
    return nameOf(configMap);
  };
  const first = await mounted("print(1)");
  assert.notEqual(await mounted("print(2)"), first);
  assert.equal(await mounted("print(1)"), first);
});

test("defaults of the stack reach every job that says nothing else", async () => {
  const graph = await localGraph({
    jobDefaults: { sparkVersion: "3.5.8", executor: { instances: 3 }, sparkConf: { "spark.master.rest": 1 } },
    jobs: {
      plain: { namespace: "analytics", code: { inline: "pass" } },
      own: { namespace: "analytics", code: { inline: "pass" }, sparkVersion: "4.0.4" },
    },
  });
  const spec = (name: string): unknown => applicationSpec(object(graph, "SparkApplication", name));
  assert.equal(at(spec("plain"), "sparkVersion"), "3.5.8");
  assert.match(String(at(spec("plain"), "image")), /\/spark:3\.5\.8-/);
  assert.equal(at(spec("plain"), "executor", "instances"), 3);
  assert.equal(at(spec("plain"), "sparkConf", "spark.master.rest"), "1");
  assert.equal(at(spec("own"), "sparkVersion"), "4.0.4");
});
