import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import {
  emptyMaps,
  evaluateStack,
  kubernetes,
  localGraph,
  nameOf,
  namespaceOf,
  ofKind,
  projectFolder,
  stackFile,
} from "../support/graph.ts";
import { recordAt, textAt } from "../../local/kube/json.ts";

const local = stackFile("local");

for (const preview of [false, true]) {
  const graph = localGraph({}, preview);
  const mode = preview ? "a preview" : "an update";

  test(`${mode}: names of resources are unique, and all but the top components have a parent`, async () => {
    const { registrations } = await graph;
    assert.equal(new Set(registrations.map(({ urn }) => urn)).size, registrations.length);
    const [stack, ...others] = registrations;
    assert.equal(stack?.type, "pulumi:pulumi:Stack");
    const urns = new Set(registrations.map(({ urn }) => urn));
    for (const { name, parent } of others) assert.ok(parent !== undefined && urns.has(parent), name);
    const top = others.filter(({ parent }) => parent === stack.urn);
    assert.deepEqual(
      top.filter(({ custom }) => custom),
      [],
    );
    assert.deepEqual(top.map(({ type, name }) => `${type} ${name}`).sort(), [
      "spark-platform:cluster:ExistingCluster cluster",
      "spark-platform:jobs:SparkJob spark-pi",
      "spark-platform:jobs:SparkJob top-words",
      "spark-platform:jobs:SparkJob word-count",
      "spark-platform:namespaces:TeamNamespace analytics",
      "spark-platform:operator:SparkOperator operator",
      "spark-platform:storage:InClusterStore store",
    ]);
  });

  test(`${mode}: every Kubernetes resource uses the one explicit provider`, async () => {
    const { urn } = (await graph).only("pulumi:providers:kubernetes");
    const { registrations } = await graph;
    assert.equal(registrations.filter(({ type }) => type.startsWith("pulumi:providers:")).length, 1);
    const resources = kubernetes(await graph);
    assert.ok(resources.length > 25);
    for (const { name, provider } of resources) assert.ok(provider?.startsWith(`${urn}::`), name);
  });

  test(`${mode}: nothing is an empty map, which the API server would drop`, async () => {
    for (const { name, inputs } of kubernetes(await graph)) {
      assert.deepEqual(emptyMaps(inputs["metadata"], "metadata"), [], name);
      for (const field of ["values", "data", "binaryData", "stringData"])
        assert.deepEqual(emptyMaps(inputs[field], field), [], name);
    }
  });
}

test("a preview declares what an update does, with the same dependencies", async () => {
  const [update, preview] = await Promise.all([
    evaluateStack(local),
    evaluateStack(local, { preview: true }),
  ]);
  const shape = ({ registrations }: typeof update): unknown =>
    registrations.map(({ urn, parent, dependsOn }) => [urn, parent, [...dependsOn].sort()]).sort();
  assert.deepEqual(shape(preview), shape(update));
});

test("two evaluations give the same inputs: a second deploy changes nothing", async () => {
  const [first, second] = await Promise.all([evaluateStack(local), evaluateStack(local)]);
  const tops = first.registrations.map(({ type }) => type);
  for (const whole of ["ingress:UserInterface", "gateway:Gateway"])
    assert.ok(tops.includes(`spark-platform:${whole}`), whole);
  const inputs = ({ registrations }: typeof first): unknown =>
    Object.fromEntries(registrations.map((each) => [each.urn, each.inputs]));
  assert.deepEqual(inputs(second), inputs(first));
});

test("a component's type says its folder and its class", async () => {
  const { registrations } = await localGraph();
  const types = new Set(
    registrations.map(({ type }) => type).filter((type) => type.startsWith("spark-platform:")),
  );
  assert.equal(types.size, 7);
  for (const type of types) {
    const [, folder = "", name = ""] = type.split(":");
    const file = `${name.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase()}.ts`;
    const source = [`components/${folder}/${file}`, `${folder}/${file}`]
      .map((candidate) => path.join(projectFolder, candidate))
      .find((candidate) => existsSync(candidate));
    assert.ok(source !== undefined, `${type} has no file of its own`);
    assert.match(readFileSync(source, "utf8"), new RegExp(`export class ${name} extends`));
  }
});

test("names and labels are as long as Kubernetes allows, also those of a long team and a long job", async () => {
  const team = "t".repeat(63);
  const job = "j".repeat(56);
  const graph = await localGraph({
    namespaces: [{ name: team }],
    jobs: { [job]: { namespace: team, code: { inline: "pass" } } },
  });
  const labels = /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/;
  for (const resource of [...kubernetes(graph), ...kubernetes(await localGraph())]) {
    if (resource.type.endsWith(":Release")) continue;
    const kind = textAt(resource.inputs, "kind") ?? "";
    const most = ["Namespace", "Service", "SparkApplication", "Job"].includes(kind) ? 63 : 253;
    const name = nameOf(resource);
    assert.match(name, /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, resource.name);
    assert.ok(name.length <= most, resource.name);
    for (const value of Object.values(recordAt(resource.inputs, "metadata", "labels")))
      assert.match(String(value), labels, resource.name);
  }
});

test("two resources of a kind never share a name in a namespace", async () => {
  const resources = kubernetes(await localGraph()).filter(({ type }) => !type.endsWith(":Release"));
  const keys = resources.map((each) => `${each.type} ${namespaceOf(each) ?? ""}/${nameOf(each)}`);
  assert.deepEqual([...new Set(keys)], keys);
});

test("every namespace enforces Pod Security: restricted for all but the operator's", async () => {
  const levels = ofKind(await localGraph(), "Namespace").map((each) => {
    const labels = recordAt(each.inputs, "metadata", "labels");
    assert.equal(labels["pod-security.kubernetes.io/warn"], "restricted");
    assert.equal(labels["app.kubernetes.io/part-of"], "spark-platform");
    return [nameOf(each), labels["pod-security.kubernetes.io/enforce"], labels["spark-platform/role"]];
  });
  assert.deepEqual(levels.sort(), [
    ["analytics", "restricted", "team"],
    ["spark-operator", "baseline", "system"],
    ["spark-storage", "restricted", "system"],
  ]);
});

test("teams may be called what components are called", async () => {
  const names = ["store", "operator", "cluster", "word-count"];
  const graph = await localGraph({
    namespaces: [...names, "analytics"].map((name) => ({ name })),
  });
  assert.deepEqual(graph.outputs["namespaces"], [...names, "analytics"]);
});

test("the stack's outputs are its contract, and none is a secret", async () => {
  const { outputs, secretOutputs } = await localGraph();
  assert.deepEqual(Object.keys(outputs).sort(), [
    "aws",
    "bucket",
    "gateway",
    "jobs",
    "namespaces",
    "registry",
    "sparkImages",
    "storageEndpoint",
    "ui",
  ]);
  assert.equal(outputs["storageEndpoint"], "http://store.spark-storage.svc.cluster.local:7070");
  assert.deepEqual(secretOutputs, []);
});
