import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluateStack, localGraph, stackFile, texts } from "../support/graph.ts";
import type { Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

const local = stackFile("local");
const user = (use: string): Fields => ({ username: use, password: `${use}-password-4711` });
const kubeconfig = "apiVersion: v1\nusers: [{ name: a, user: { token: kubeconfig-secret-4711 } }]\n";
const pair = (purpose: string): Fields => ({
  accessKeyId: `${purpose}-id`,
  secretAccessKey: `${purpose}-key-secret-4711`,
});
const existing = {
  kind: "existing",
  endpoint: "https://s3.test:9000",
  keys: {
    admin: pair("admin"),
    jobs: pair("jobs"),
    history: pair("history"),
    operator: pair("operator"),
    registry: pair("registry"),
    gateway: pair("gateway"),
  },
};
const credentials = {
  cluster: { kubeconfig },
  registry: { kind: "existing", host: "registry.test", pull: user("pull"), push: user("push") },
};

/** Every text of the graph that holds one of these values: `TYPE NAME PATH`, with whether the path is secret. */
function places(graph: Graph, values: readonly string[]): readonly { place: string; secret: boolean }[] {
  const hidden = values.flatMap((value) => [value, Buffer.from(value).toString("base64")]);
  return graph.registrations.flatMap(({ type, name, inputs, secrets }) =>
    texts(inputs)
      .filter(([, text]) => hidden.some((value) => text.includes(value)))
      .map(([path]) => ({
        place: `${type} ${name} ${path}`,
        secret: secrets.some((secret) => path === secret || path.startsWith(`${secret}.`)),
      })),
  );
}

/** The random secrets that the program was given: what its Kubernetes secrets hold. */
function generatedSecrets(graph: Graph): readonly string[] {
  const held = graph
    .all("kubernetes:core/v1:Secret")
    .flatMap(({ inputs }) => texts(inputs))
    .flatMap(([path, text]) =>
      path.endsWith("users.json")
        ? texts(JSON.parse(text)).filter(([inner]) => inner.endsWith(".secret"))
        : [[path, text] as const],
    )
    .filter(([path]) => /secret_access_key$|\.secret$/i.test(path))
    .map(([, text]) => text);
  return [...new Set(held)];
}

function assertHidden(graph: Graph, values: readonly string[]): void {
  const found = places(graph, values);
  assert.deepEqual(
    found.filter(({ secret }) => !secret),
    [],
    "a secret in plain text",
  );
  for (const value of values) {
    assert.ok(places(graph, [value]).length > 0, "a secret that reaches nothing is not tested");
    assert.ok(!JSON.stringify(graph.outputs).includes(value), "a secret among the outputs");
  }
  const types = new Set(found.map(({ place }) => place.split(" ")[0]));
  assert.deepEqual(
    [...types].filter(
      (type) => !/^kubernetes:core\/v1:Secret$|^pulumi:providers:kubernetes$/.test(type ?? ""),
    ),
    [],
  );
}

test("the keys that the stack makes are in Kubernetes secrets alone, and secret there", async () => {
  const graph = await localGraph();
  const passwords = graph.all("random:index/randomPassword:RandomPassword");
  const values = generatedSecrets(graph);
  assert.equal(values.length, passwords.length);
  assert.ok(values.every((value) => value.length === 40));
  assertHidden(graph, values);
});

test("keys, kubeconfig and registry credentials of the configuration stay secret", async () => {
  const secretConfig = { ...credentials, storage: existing };
  const { storage, ...config } = local;
  assert.ok(storage);
  const graph = await evaluateStack({ ...config, jobs: {} }, { secretConfig });
  const keys = ["admin", "jobs", "operator"].map((purpose) => `${purpose}-key-secret-4711`);
  assertHidden(graph, [...keys, "pull-password-4711", "kubeconfig-secret-4711"]);
});

test("no secret reaches a job, a ConfigMap, a pod's spec or the chart's values, also in a preview", async () => {
  for (const preview of [false, true]) {
    const graph = await localGraph(credentials, preview);
    const plain = graph.registrations.filter(
      ({ type }) => !/^kubernetes:core\/v1:Secret$|^pulumi:providers:kubernetes$/.test(type),
    );
    assert.ok(plain.length > 40);
    for (const { name, type, secrets } of plain) assert.deepEqual(secrets, [], `${type} ${name}`);
  }
});

test("a team's namespace holds the keys of jobs and of nobody else", async () => {
  const graph = await localGraph(credentials);
  const names = graph
    .all("kubernetes:core/v1:Secret")
    .map(({ inputs }) => texts(inputs["metadata"]).map(([, text]) => text))
    .map((metadata) => metadata.sort().join(" "));
  assert.deepEqual(names.filter((name) => name.includes("analytics")).sort(), [
    "analytics image-pull",
    "analytics s3-jobs",
  ]);
});
