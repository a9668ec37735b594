import assert from "node:assert/strict";
import { test } from "node:test";

import { kubernetes, localGraph, nameOf, namespaceOf, ofKind } from "../support/graph.ts";
import { at, listAt, recordAt, textAt } from "../../local/kube/json.ts";

const teams = localGraph({ namespaces: [{ name: "analytics" }, { name: "finance" }] });

test("roles are in team namespaces alone, and none reaches over the cluster", async () => {
  const graph = await teams;
  assert.deepEqual(ofKind(graph, "Role").map(namespaceOf).sort(), ["analytics", "finance"]);
  assert.deepEqual(ofKind(graph, "RoleBinding").map(namespaceOf).sort(), ["analytics", "finance"]);
  const wide = kubernetes(graph).filter(({ type }) => /:ClusterRole(Binding)?$/.test(type));
  assert.deepEqual(wide, []);
});

/** Verbs by what they are for. */
const verbsOf = async (resource: string): Promise<readonly string[]> => {
  const found = ofKind(await teams, "Role").map(({ inputs }) =>
    listAt(inputs, "rules")
      .filter((rule) => listAt(rule, "resources").includes(resource))
      .flatMap((rule) => listAt(rule, "verbs").map(String))
      .sort(),
  );
  assert.deepEqual(found[0], found[1], "every team's role is the same");
  return found[0] ?? [];
};

test("a driver may do with each kind what Spark does, and with no other kind anything", async () => {
  assert.deepEqual(await verbsOf("pods"), ["create", "delete", "deletecollection", "get", "list", "watch"]);
  assert.deepEqual(await verbsOf("persistentvolumeclaims"), ["create", "delete", "deletecollection", "list"]);
  assert.deepEqual(await verbsOf("services"), ["delete", "deletecollection", "list"]);
  for (const { inputs } of ofKind(await teams, "Role")) {
    const rules = listAt(inputs, "rules");
    assert.deepEqual(new Set(rules.flatMap((rule) => listAt(rule, "apiGroups"))), new Set([""]));
    const resources = rules.flatMap((rule) => listAt(rule, "resources").map(String));
    assert.deepEqual(resources.sort(), ["persistentvolumeclaims", "pods", "services"]);
    assert.ok(rules.every((rule) => at(rule, "resourceNames") === undefined));
  }
});

test("a driver changes nothing that is there, and nobody's rights", async () => {
  for (const { inputs } of ofKind(await teams, "Role")) {
    const verbs = listAt(inputs, "rules").flatMap((rule) => listAt(rule, "verbs").map(String));
    for (const verb of ["update", "patch", "escalate", "bind", "impersonate", "approve", "*"])
      assert.ok(!verbs.includes(verb), verb);
  }
});

test("each binding gives its namespace's own account its namespace's own role", async () => {
  for (const binding of ofKind(await teams, "RoleBinding")) {
    const namespace = namespaceOf(binding);
    const { kind, name } = recordAt(binding.inputs, "roleRef");
    assert.deepEqual([kind, name], ["Role", "spark-driver"]);
    assert.deepEqual(listAt(binding.inputs, "subjects"), [
      { kind: "ServiceAccount", name: "spark", namespace },
    ]);
  }
});

test("drivers run as that account", async () => {
  const graph = await teams;
  const accounts = ofKind(graph, "ServiceAccount").map((each) => [namespaceOf(each), nameOf(each)]);
  assert.deepEqual(accounts.sort(), [
    ["analytics", "spark"],
    ["finance", "spark"],
  ]);
  for (const { name, inputs } of ofKind(graph, "SparkApplication"))
    assert.equal(textAt(inputs, "spec", "driver", "serviceAccount"), "spark", name);
});

test("a team's quota is what its stack file says", async () => {
  const graph = await localGraph({
    namespaces: [{ name: "analytics" }, { name: "finance", quota: { cpu: "2", memory: "3Gi", pods: 4 } }],
  });
  const [analytics, finance] = [...ofKind(graph, "ResourceQuota")]
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
    .map(({ inputs }) => recordAt(inputs, "spec", "hard"));
  assert.equal(analytics?.["requests.cpu"], "16");
  assert.deepEqual(finance, {
    "requests.cpu": "2",
    "requests.memory": "3Gi",
    "limits.memory": "3Gi",
    pods: "4",
  });
});
