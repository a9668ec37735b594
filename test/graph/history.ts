import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { historyKey } from "../../gateway/src/ui/jws.ts";
import { sparkImage } from "../../images/versions.ts";
import { localGraph, nameOf, namespaceOf, object, ofKind, texts, upstream } from "../support/graph.ts";
import { at, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { dexGraph } from "./ui-stacks.ts";

const namespace = "spark-history";
const deployment = (graph: Graph): Fields =>
  recordAt(object(graph, "Deployment", "history", namespace).inputs, "spec");
const pod = (graph: Graph): Fields => recordAt(deployment(graph), "template", "spec");
const container = (graph: Graph): Fields => recordAt(listAt(pod(graph), "containers")[0]);

/** The properties that the server reads. */
function conf(graph: Graph): ReadonlyMap<string, string> {
  const secret = object(graph, "Secret", "history-conf", namespace);
  const lines = (textAt(secret.inputs, "stringData", "history.conf") ?? "").trimEnd().split("\n");
  return new Map(
    lines.map((line): [string, string] => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

test("without pages there is no History Server, no front door and no authority", async () => {
  const graph = await localGraph();
  assert.doesNotMatch(JSON.stringify(graph.registrations), /spark-history|spark-ui|tls:index/);
  assert.deepEqual(graph.outputs["ui"], {});
});

test("it reads the bucket's event logs with the keys of `history`, and removes old ones", async () => {
  const graph = await dexGraph({}, { history: { maxAge: "7d" } });
  const properties = conf(graph);
  assert.equal(properties.get("spark.history.fs.logDirectory"), "s3a://spark/events/");
  assert.equal(properties.get("spark.history.fs.cleaner.enabled"), "true");
  assert.equal(properties.get("spark.history.fs.cleaner.maxAge"), "7d");
  assert.equal(
    properties.get("spark.hadoop.fs.s3a.endpoint"),
    "http://store.spark-storage.svc.cluster.local:7070",
  );
  const keys = listAt(container(graph), "env").flatMap((variable) => {
    const ref = recordAt(variable, "valueFrom", "secretKeyRef");
    return ref["name"] === undefined ? [] : [[at(variable, "name"), ref["name"], ref["key"]]];
  });
  assert.deepEqual(keys, [
    ["AWS_ACCESS_KEY_ID", "s3-history", "AWS_ACCESS_KEY_ID"],
    ["AWS_SECRET_ACCESS_KEY", "s3-history", "AWS_SECRET_ACCESS_KEY"],
  ]);
  assert.deepEqual(
    ofKind(graph, "Secret")
      .filter((each) => namespaceOf(each) === namespace)
      .map(nameOf)
      .sort(),
    ["history-conf", "s3-history"],
  );
});

test("one server at a time, on our image, which waits for the bucket", async () => {
  const graph = await dexGraph();
  assert.equal(deployment(graph)["replicas"], 1);
  assert.deepEqual(deployment(graph)["strategy"], { type: "Recreate" });
  assert.equal(container(graph)["image"], sparkImage("localhost/spark-platform").reference);
  const server = object(graph, "Deployment", "history");
  assert.ok(upstream(graph, server).has(graph.only("kubernetes:batch/v1:Job").urn));
});

test("it answers whoever has the gateway's signature, which is not the front door's", async () => {
  const graph = await dexGraph();
  const filter = "org.apache.spark.ui.JWSFilter";
  const properties = conf(graph);
  assert.equal(properties.get("spark.ui.filters"), filter);
  const key = textAt(object(graph, "Secret", "gateway-secrets").inputs, "stringData", "front-door-key") ?? "";
  assert.match(key, /^[\w-]{43}$/, "32 bytes, base64url");
  assert.equal(properties.get(`spark.${filter}.param.secretKey`), historyKey(key));
  const secrets = object(graph, "Secret", "front-door-secrets", "spark-ui").inputs;
  const [scheme, token = ""] = (textAt(secrets, "stringData", "authorization") ?? "").split(" ");
  assert.equal(scheme, "Bearer");
  const [header = "", payload = "", signature] = token.split(".");
  assert.deepEqual(JSON.parse(Buffer.from(header, "base64url").toString()), { alg: "HS256", typ: "JWT" });
  const expected = createHmac("sha256", Buffer.from(key, "base64url")).update(`${header}.${payload}`);
  assert.equal(signature, expected.digest("base64url"));
});

test("its key and the front door's signature are in a secret each, and secret there", async () => {
  const graph = await dexGraph();
  const key = conf(graph).get("spark.org.apache.spark.ui.JWSFilter.param.secretKey") ?? "";
  const secrets = object(graph, "Secret", "front-door-secrets", "spark-ui").inputs;
  const token = (textAt(secrets, "stringData", "authorization") ?? "").split(" ")[1] ?? "";
  const holders = graph.registrations.flatMap((each) =>
    texts(each.inputs)
      .filter(([, text]) => text.includes(key) || text.includes(token))
      .map(([path]) => [each.name, path, each.secrets.some((secret) => path.startsWith(secret))]),
  );
  assert.deepEqual(holders.sort(), [
    ["front-door-secrets", "stringData.authorization", true],
    ["history-conf", "stringData.history.conf", true],
  ]);
  assert.ok(!JSON.stringify(graph.outputs).includes(token));
});

test("only the gateway's pods come in, and it goes to the store alone", async () => {
  const graph = await dexGraph();
  const spec = recordAt(object(graph, "NetworkPolicy", "history", namespace).inputs, "spec");
  const [rule, ...others] = listAt(spec, "ingress");
  assert.deepEqual(others, []);
  const [from, ...more] = listAt(rule, "from");
  assert.deepEqual(more, []);
  assert.deepEqual(at(from, "namespaceSelector", "matchLabels"), {
    "kubernetes.io/metadata.name": "spark-gateway",
  });
  const gateway = object(graph, "Deployment", "gateway", "spark-gateway").inputs;
  assert.deepEqual(
    at(from, "podSelector", "matchLabels"),
    at(gateway, "spec", "template", "metadata", "labels"),
  );
  assert.deepEqual(listAt(rule, "ports"), [{ protocol: "TCP", port: 18080 }]);
  assert.deepEqual(
    listAt(spec, "egress").map((way) => at(listAt(way, "ports")[0], "port")),
    [7070],
  );
  const selected = recordAt(spec, "podSelector", "matchLabels");
  assert.deepEqual(selected, recordAt(deployment(graph), "template", "metadata", "labels"));
});

test("its memory follows the heap, and no application is held outside of it", async () => {
  const sized = async (memory: string): Promise<readonly unknown[]> => {
    const graph = await dexGraph({}, { history: { memory } });
    const heap = listAt(container(graph), "env").find((each) => at(each, "name") === "SPARK_DAEMON_MEMORY");
    const resources = recordAt(container(graph), "resources");
    assert.deepEqual(at(resources, "requests", "memory"), at(resources, "limits", "memory"));
    assert.equal(conf(graph).get("spark.history.store.hybridStore.enabled"), "false");
    return [at(heap, "value"), at(resources, "limits", "memory")];
  };
  assert.deepEqual(await sized("1g"), ["1g", "1536Mi"]);
  assert.deepEqual(await sized("4g"), ["4g", "5120Mi"]);
});

test("another configuration means a new pod", async () => {
  const mark = async (graph: Promise<Graph>): Promise<unknown> =>
    at(deployment(await graph), "template", "metadata", "annotations", "spark-platform/config");
  const before = await mark(dexGraph());
  assert.match(String(before), /^[0-9a-f]{16}$/);
  assert.notEqual(await mark(dexGraph({}, { history: { maxAge: "9d" } })), before);
});
