import assert from "node:assert/strict";
import { test } from "node:test";

import { kubernetes, localGraph, nameOf, namespaceOf, object, ofKind } from "../support/graph.ts";
import { at, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";

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

const quotas = localGraph({
  namespaces: [
    { name: "analytics" },
    {
      name: "finance",
      quota: { cpu: "2", memory: "3Gi", pods: 4, storage: "5Gi", ephemeralStorage: "1.5Gi" },
    },
  ],
});
const hard = async (namespace: string, name = "team"): Promise<Fields> =>
  recordAt(object(await quotas, "ResourceQuota", name, namespace).inputs, "spec", "hard");

test("a team's quota is what its stack file says", async () => {
  assert.equal((await hard("analytics"))["requests.cpu"], "16");
  const finance = await hard("finance");
  const told = ["requests.cpu", "requests.memory", "limits.memory", "requests.storage", "pods"];
  assert.deepEqual(
    told.map((key) => finance[key]),
    ["2", "3Gi", "3Gi", "5Gi", "4"],
  );
});

test("a team opens no port of the nodes and no load balancer", async () => {
  for (const namespace of ["analytics", "finance"]) {
    const { "services.nodeports": ports, "services.loadbalancers": balancers } = await hard(namespace);
    assert.deepEqual([ports, balancers], ["0", "0"]);
  }
});

test("every kind that a driver may make is counted, with room for all applications of an hour", async () => {
  const finance = await hard("finance");
  for (const key of ["pods", "count/pods", "persistentvolumeclaims", "services", "configmaps"])
    assert.match(String(finance[key]), /^[1-9]\d*$/, key);
  // With two pods, a job takes half a minute at the least, and what it leaves stays for an hour.
  const applications = Number(finance["pods"]) / 2 / (0.5 / 60);
  assert.ok(Number(finance["count/pods"]) >= applications);
  assert.ok(Number(finance["services"]) >= applications);
  assert.ok(Number(finance["configmaps"]) >= 3 * applications);
});

test("no pod of a team has a priority of Kubernetes' own pods", async () => {
  for (const namespace of ["analytics", "finance"]) {
    const { inputs } = object(await quotas, "ResourceQuota", "no-system-priority", namespace);
    assert.deepEqual(recordAt(inputs, "spec"), {
      hard: { pods: "0" },
      scopeSelector: {
        matchExpressions: [
          {
            scopeName: "PriorityClass",
            operator: "In",
            values: ["system-node-critical", "system-cluster-critical"],
          },
        ],
      },
    });
  }
});

test("a container gets what the quota asks for and it does not name, and no more of the node's disk", async () => {
  const { inputs } = object(await quotas, "LimitRange", "team", "finance");
  const [limits, ...others] = listAt(inputs, "spec", "limits");
  assert.deepEqual(others, []);
  assert.equal(textAt(limits, "type"), "Container");
  assert.equal(textAt(limits, "default", "ephemeral-storage"), "1.5Gi");
  assert.equal(textAt(limits, "max", "ephemeral-storage"), "1.5Gi");
  assert.equal(textAt(limits, "defaultRequest", "ephemeral-storage"), "0");
  const finance = await hard("finance");
  assert.equal(finance["limits.ephemeral-storage"], "6Gi");
  for (const key of Object.keys(finance)) {
    const [, kind = "", resource = ""] =
      /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.exec(key) ?? [];
    const given = kind === "limits" ? "default" : "defaultRequest";
    if (resource !== "") assert.notEqual(textAt(limits, given, resource), undefined, key);
  }
});
