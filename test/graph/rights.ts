import assert from "node:assert/strict";
import { test } from "node:test";

import { localGraph, nameOf, namespaceOf, ofKind, kubernetes } from "../support/graph.ts";
import { listAt, recordAt, textAt } from "../../local/kube/json.ts";

const teams = localGraph({ namespaces: [{ name: "analytics" }, { name: "finance" }] });

test("roles are in team namespaces alone, and none reaches over the cluster", async () => {
  const graph = await teams;
  assert.deepEqual(ofKind(graph, "Role").map(namespaceOf).sort(), ["analytics", "finance"]);
  assert.deepEqual(ofKind(graph, "RoleBinding").map(namespaceOf).sort(), ["analytics", "finance"]);
  const wide = kubernetes(graph).filter(({ type }) => /:ClusterRole(Binding)?$/.test(type));
  assert.deepEqual(wide, []);
});

test("a driver may do with pods and what they mount what Spark does, and nothing else", async () => {
  for (const { inputs } of ofKind(await teams, "Role")) {
    const rules = listAt(inputs, "rules");
    assert.equal(rules.length, 1);
    for (const rule of rules) {
      assert.deepEqual(listAt(rule, "apiGroups"), [""]);
      const resources = listAt(rule, "resources").map(String).sort();
      assert.deepEqual(resources, ["configmaps", "persistentvolumeclaims", "pods", "services"]);
      assert.deepEqual(
        listAt(rule, "verbs").map(String).sort(),
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "escalate, bind, impersonate and * have no place here",
      );
    }
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
