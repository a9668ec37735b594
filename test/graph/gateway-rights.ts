import assert from "node:assert/strict";
import { test } from "node:test";

import { toPlatform } from "../../gateway/src/platform.ts";
import { gatewayImage } from "../../images/versions.ts";
import { localGraph, object, upstream } from "../support/graph.ts";
import { at, isRecord, listAt, parseJson, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { restrictedViolations } from "../support/pod-security.ts";
import {
  behindIngress,
  container,
  environment,
  gatewayGraph,
  mark,
  namespace,
  platform,
  pod,
  policy,
  postgres,
} from "./gateway-stack.ts";

/** Roles of the whole cluster that somebody has. */
const clusterRoles = (graph: Graph): readonly unknown[] =>
  graph.registrations
    .filter(({ type }) => /:ClusterRole(Binding)?$/.test(type))
    .map(({ inputs }) => at(inputs, "roleRef", "name"));

test("in a team's namespace it may do what its users ask for, and nothing with secrets", async () => {
  const graph = await gatewayGraph({}, { namespaces: [{ name: "analytics" }, { name: "finance" }] });
  for (const team of ["analytics", "finance"]) {
    const rules = listAt(object(graph, "Role", "gateway", team).inputs, "rules");
    assert.deepEqual(rules, [
      {
        apiGroups: ["sparkoperator.k8s.io"],
        resources: ["sparkapplications"],
        verbs: ["create", "get", "list", "watch", "delete"],
      },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get"] },
      { apiGroups: [""], resources: ["pods", "events"], verbs: ["list", "watch"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    ]);
    const binding = object(graph, "RoleBinding", "gateway", team).inputs;
    assert.deepEqual(at(binding, "subjects"), [{ kind: "ServiceAccount", name: "gateway", namespace }]);
    assert.equal(at(binding, "roleRef", "name"), "gateway");
  }
  assert.deepEqual(clusterRoles(graph), []);
  assert.equal(pod(graph)["serviceAccountName"], "gateway");
});

test("it may ask about tokens of service accounts where the stack lists any, and accepts them nowhere else", async () => {
  const without = await gatewayGraph();
  assert.deepEqual(clusterRoles(without), []);
  assert.equal(environment(without)["SERVICE_ACCOUNT_AUDIENCE"], undefined);
  assert.deepEqual(toPlatform(parseJson(platform(without))).serviceAccounts, []);
  const account = { namespace: "airflow", name: "scheduler", namespaces: ["analytics"] };
  const graph = await gatewayGraph({ serviceAccounts: [account] });
  assert.deepEqual(clusterRoles(graph), ["system:auth-delegator"]);
  assert.equal(environment(graph)["SERVICE_ACCOUNT_AUDIENCE"], "spark-platform");
  assert.deepEqual(toPlatform(parseJson(platform(graph))).serviceAccounts, [{ ...account, role: "user" }]);
  assert.notDeepEqual(mark(graph), mark(without));
});

test("clients come in from anywhere, metrics go to the cluster alone, and it reaches what it works with", async () => {
  const graph = await gatewayGraph({ database: postgres });
  const [api, metrics, ...others] = listAt(policy(graph), "ingress");
  assert.deepEqual(api, { ports: [{ protocol: "TCP", port: 8443 }] });
  assert.deepEqual(metrics, {
    from: [{ namespaceSelector: {} }],
    ports: [{ protocol: "TCP", port: 9090 }],
  });
  assert.deepEqual(others, []);
  const reached = listAt(policy(graph), "egress").map((rule) =>
    listAt(rule, "ports").map((port) => at(port, "port")),
  );
  assert.deepEqual(reached, [[443, 6443], [7070], [6432]]);
  assert.deepEqual(
    listAt(policy(await gatewayGraph()), "egress").length,
    2,
    "no database where it has its own",
  );
  const plain = { kind: "postgres", url: "postgres://a:b@db.test/gateway" };
  const [, , database] = listAt(policy(await gatewayGraph({ database: plain })), "egress");
  assert.deepEqual(listAt(database, "ports"), [{ protocol: "TCP", port: 5432 }]);
});

test("its pods are on its own image, held to `restricted`, and have time to finish what they have", async () => {
  for (const graph of [await gatewayGraph(), await localGraph({ gateway: behindIngress })]) {
    assert.equal(container(graph)["image"], gatewayImage("localhost/spark-platform").reference);
    assert.deepEqual(restrictedViolations(pod(graph)), []);
    assert.equal(at(container(graph), "securityContext", "readOnlyRootFilesystem"), true);
    assert.ok(textAt(container(graph), "resources", "limits", "memory"));
    const gone = Number(at(container(graph), "lifecycle", "preStop", "sleep", "seconds"));
    assert.equal(pod(graph)["terminationGracePeriodSeconds"], gone + 30);
  }
});

test("it has the keys of `gateway` alone, and starts after the operator, its rights and the bucket", async () => {
  const serviceAccounts = [{ namespace: "airflow", name: "scheduler", namespaces: ["analytics"] }];
  const graph = await gatewayGraph({ serviceAccounts });
  const names = listAt(container(graph), "env").flatMap((each) => {
    const ref = at(each, "valueFrom", "secretKeyRef");
    return isRecord(ref) ? [ref["name"]] : [];
  });
  assert.deepEqual([...new Set(names)], ["s3-gateway"]);
  const needed = upstream(graph, object(graph, "Deployment", "gateway", namespace));
  for (const each of [
    graph.only("kubernetes:helm.sh/v3:Release"),
    graph.only("kubernetes:batch/v1:Job"),
    object(graph, "RoleBinding", "gateway", "analytics"),
    object(graph, "ClusterRoleBinding", "spark-gateway-token-review"),
    object(graph, "NetworkPolicy", "default-deny", "analytics"),
  ])
    assert.ok(needed.has(each.urn), each.name);
});
