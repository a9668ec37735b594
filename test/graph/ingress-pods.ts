/** What the front door and the log-in are in the cluster: secrets, pods, namespaces, and their order. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluateStack, namespaceOf, object, ofKind, stackFile, texts, upstream } from "../support/graph.ts";
import { at, listAt, recordAt, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { restrictedViolations } from "../support/pod-security.ts";
import { dexGraph, issuerGraph, users, withDex, withIssuer } from "./ui-stacks.ts";

const namespace = "spark-ui";
const podMark = (graph: Graph, name: string): unknown =>
  at(object(graph, "Deployment", name, namespace).inputs, "spec", "template", "metadata", "annotations");

test("passwords, client secret, cookie secret and signature are in Kubernetes secrets alone, also in a preview", async () => {
  for (const preview of [false, true]) {
    for (const ui of [withDex, withIssuer]) {
      const graph = await evaluateStack({ ...stackFile("local"), ui }, { preview, unknowns: false });
      const hidden = ofKind(graph, "Secret")
        .filter((each) => [namespace, "spark-history"].includes(namespaceOf(each) ?? ""))
        .flatMap(({ inputs, name, secrets }) => {
          // A certificate is public, and an access key's id is a name.
          const held = texts(inputs["stringData"]).filter(
            ([path]) => path !== "tls.crt" && path !== "AWS_ACCESS_KEY_ID",
          );
          const plain = held.filter(
            ([path]) => !secrets.some((secret) => `stringData.${path}`.startsWith(secret)),
          );
          assert.deepEqual(plain, [], name);
          return held.map(([, text]) => text);
        });
      assert.ok(hidden.length >= 5);
      const elsewhere = JSON.stringify(
        graph.registrations
          .filter(({ type }) => type !== "kubernetes:core/v1:Secret" && !type.startsWith("tls:"))
          .map(({ inputs }) => inputs),
      );
      for (const text of hidden) assert.ok(!elsewhere.includes(JSON.stringify(text).slice(1, -1)));
      const marked = graph.registrations.filter(
        ({ type, secrets }) =>
          secrets.length > 0 && type !== "kubernetes:core/v1:Secret" && !type.startsWith("tls:"),
      );
      assert.deepEqual(
        marked.map(({ name }) => name),
        [],
      );
    }
  }
});

test("a change of what it reads is a new pod of the one that reads it", async () => {
  const before = await dexGraph();
  const other = await dexGraph({ allowed: { groups: ["other"] } });
  assert.notDeepEqual(podMark(other, "front-door"), podMark(before, "front-door"));
  assert.deepEqual(podMark(other, "dex"), podMark(before, "dex"));
  const [ann] = users;
  const fewer = await dexGraph({ identity: { ...recordAt(withDex, "identity"), users: [ann] } });
  assert.notDeepEqual(podMark(fewer, "dex"), podMark(before, "dex"));
  assert.deepEqual(podMark(fewer, "front-door"), podMark(before, "front-door"));
});

test("registry, pages and API share one authority", async () => {
  const graph = await dexGraph(
    {},
    { registry: { kind: "in-cluster", host: "registry.test" }, images: { registry: "public.test/p" } },
  );
  assert.equal(graph.all("spark-platform:certificates:PrivateCa").length, 1);
  assert.equal(graph.all("tls:index/locallySignedCert:LocallySignedCert").length, 4);
});

test("its pods are held to `restricted`, have no token of the API server, no writable root and bounded memory", async () => {
  for (const graph of [await dexGraph(), await issuerGraph()]) {
    const pods = ofKind(graph, "Deployment").filter((each) =>
      [namespace, "spark-history"].includes(namespaceOf(each) ?? ""),
    );
    assert.ok(pods.length >= 2);
    for (const { name, inputs } of pods) {
      const spec = recordAt(inputs, "spec", "template", "spec");
      assert.deepEqual(restrictedViolations(spec), [], name);
      assert.equal(spec["automountServiceAccountToken"], false, name);
      for (const container of listAt(spec, "containers")) {
        assert.equal(at(container, "securityContext", "readOnlyRootFilesystem"), true, name);
        assert.ok(textAt(container, "resources", "limits", "memory"), name);
        assert.ok(textAt(container, "resources", "requests", "cpu"), name);
      }
    }
  }
});

test("its namespaces enforce `restricted` and begin with nothing in and nothing out but names", async () => {
  const graph = await dexGraph();
  for (const each of [namespace, "spark-history"]) {
    const labels = recordAt(object(graph, "Namespace", each).inputs, "metadata", "labels");
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    const { spec } = object(graph, "NetworkPolicy", "default-deny", each).inputs;
    assert.deepEqual(at(spec, "podSelector"), {});
    assert.equal(at(spec, "ingress"), undefined);
  }
});

test("the front door waits for the log-in, and a preview declares what an update does", async () => {
  const graph = await dexGraph();
  const door = object(graph, "Deployment", "front-door");
  assert.ok(upstream(graph, door).has(object(graph, "Deployment", "dex").urn));
  const urns = ({ registrations }: Graph): readonly string[] => registrations.map(({ urn }) => urn).sort();
  assert.deepEqual(urns(await dexGraph({}, {}, true)), urns(graph));
  assert.deepEqual(urns(await issuerGraph({}, true)), urns(await issuerGraph()));
  const stack = graph.registrations.find(({ type }) => type === "pulumi:pulumi:Stack");
  const top = graph.registrations.filter(({ parent }) => parent === stack?.urn);
  assert.deepEqual(
    top.filter(({ custom }) => custom),
    [],
  );
});
