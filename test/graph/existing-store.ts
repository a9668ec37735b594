import assert from "node:assert/strict";
import { test } from "node:test";

import { applicationSpec, localGraph, nameOf, object, ofKind, texts } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

const pair = (purpose: string): Fields => ({
  accessKeyId: `${purpose}-id`,
  secretAccessKey: `${purpose}-secret`,
});
const keys = {
  admin: pair("admin"),
  jobs: pair("jobs"),
  history: pair("history"),
  operator: pair("operator"),
  registry: pair("registry"),
  gateway: pair("gateway"),
};
const storage = { kind: "existing", bucket: "data", region: "eu-central-1", keys };
const storeAt = (endpoint: string, more: Fields = {}): Promise<Graph> =>
  localGraph({
    storage: { ...storage, endpoint, ...more },
    jobs: { report: { namespace: "analytics", code: { inline: "pass" } } },
  });
const existing = storeAt("https://s3.test:9000");

test("a store that exists is not made: no server, no volume, no keys of our own, and its uploads are its owner's", async () => {
  const graph = await existing;
  for (const kind of ["Deployment", "Service", "PersistentVolumeClaim", "CronJob"])
    assert.deepEqual(ofKind(graph, kind), []);
  assert.deepEqual(
    graph.registrations.filter(({ type }) => type.startsWith("random:")),
    [],
  );
  assert.doesNotMatch(JSON.stringify(graph.registrations), /versitygw/);
});

test("jobs reach it: endpoint, region and style in their properties", async () => {
  const conf = async (graph: Promise<Graph>): Promise<Fields> => {
    const all = recordAt(applicationSpec(object(await graph, "SparkApplication", "report")), "sparkConf");
    return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith("spark.hadoop.fs.s3a.")));
  };
  const s3a = "spark.hadoop.fs.s3a";
  const https = await conf(existing);
  assert.equal(https[`${s3a}.endpoint`], "https://s3.test:9000");
  assert.equal(https[`${s3a}.endpoint.region`], "eu-central-1");
  assert.equal(https[`${s3a}.path.style.access`], "true");
  assert.equal(https[`${s3a}.connection.ssl.enabled`], "true");
  const http = await conf(storeAt("http://minio.test", { pathStyle: false }));
  assert.equal(http[`${s3a}.connection.ssl.enabled`], "false");
  assert.equal(`${s3a}.path.style.access` in http, false);
});

test("the way to it is open on the port of its URL, for jobs, the operator and the set-up", async () => {
  const ports = (graph: Graph, policy: string): readonly unknown[] =>
    listAt(object(graph, "NetworkPolicy", policy).inputs, "spec", "egress")
      .flatMap((rule) => listAt(rule, "ports"))
      .map((port) => at(port, "port"));
  const expected: Readonly<Record<string, number>> = {
    "https://s3.test:9000": 9000,
    "https://s3.test": 443,
    "http://minio.test": 80,
  };
  for (const [endpoint, port] of Object.entries(expected)) {
    const graph = await storeAt(endpoint);
    for (const policy of ["spark", "spark-operator", "bucket-setup"])
      assert.ok(ports(graph, policy).includes(port), `${policy} to ${endpoint}`);
  }
});

test("clients of the gateway put code there themselves", async () => {
  const graph = await localGraph({
    storage: { ...storage, endpoint: "https://s3.test:9000" },
    gateway: { kind: "node-port", host: "api.test", nodePort: 30445 },
  });
  const { inputs } = object(graph, "ConfigMap", "gateway-config");
  const file = parseJson(textAt(inputs, "data", "platform.json") ?? "");
  assert.deepEqual(at(file, "storage"), {
    bucket: "data",
    endpoint: "https://s3.test:9000",
    region: "eu-central-1",
    pathStyle: true,
    uploads: "store",
  });
});

test("each namespace has the keys of its own purpose", async () => {
  const graph = await existing;
  const held = Object.fromEntries(
    ofKind(graph, "Secret").map((each) => [
      nameOf(each),
      texts(each.inputs["stringData"]).map(([, text]) => text),
    ]),
  );
  assert.deepEqual(held, {
    "s3-jobs": ["jobs-id", "jobs-secret"],
    "s3-operator": ["operator-id", "operator-secret"],
    "bucket-setup": ["admin-id", "admin-secret"],
  });
});

test("the set-up makes the prefixes and objects, and leaves the owner's policy alone", async () => {
  const graph = await storeAt("https://s3.test:9000", {
    objects: { "code/top_words.py": "examples/top_words.py" },
  });
  const { data } = graph.only("kubernetes:core/v1:ConfigMap", "store-setup").inputs;
  const index = textAt(data, "objects.tsv")?.trimEnd().split("\n") ?? [];
  const files = new Map(
    index.map((line): [key: string, file: string] => {
      const [file = "", key = ""] = line.split("\t");
      return [key, file];
    }),
  );
  assert.deepEqual([...files.keys()], ["datasets/", "events/", "code/", "code/top_words.py"]);
  const content = (key: string): string | undefined => textAt(data, files.get(key) ?? "");
  assert.equal(content("events/"), "");
  assert.match(content("code/top_words.py") ?? "", /import/);
  assert.equal(at(data, "policy.json"), undefined);
  assert.match(textAt(data, "aws-config") ?? "", /^region = eu-central-1$/m);
  const job = graph.only("kubernetes:batch/v1:Job").inputs;
  const [container] = listAt(job, "spec", "template", "spec", "containers");
  assert.deepEqual(at(container, "env"), [
    { name: "HOME", value: "/tmp" },
    { name: "BUCKET", value: "data" },
    { name: "ENDPOINT", value: "https://s3.test:9000" },
  ]);
});

test("the set-up runs again, under another name, when what it makes changes", async () => {
  const jobName = async (graph: Promise<Graph>): Promise<string> => {
    const [job] = ofKind(await graph, "Job");
    assert.ok(job);
    const configMap = (await graph).only("kubernetes:core/v1:ConfigMap", "store-setup");
    assert.equal(nameOf(configMap), nameOf(job));
    assert.equal(configMap.inputs["immutable"], true);
    return nameOf(job);
  };
  const first = await jobName(existing);
  assert.notEqual(await jobName(storeAt("https://s3.test:9001")), first);
  assert.notEqual(
    await jobName(localGraph()),
    await jobName(localGraph({ storage: { kind: "in-cluster" }, jobs: {} })),
  );
});
