import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { upstream } from "../support/graph.ts";
import { listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { eksGraph, types, unknown, usual } from "./eks-graph.ts";

const pools = ["platform", "drivers", "executors"] as const;
type Pool = (typeof pools)[number];

function specOf(graph: Graph, pool: Pool): Fields {
  return recordAt(graph.only(types.nodePool, `pools-${pool}`).inputs, "spec");
}

/** Values of a requirement with that operator; empty where there is none. */
function required(graph: Graph, pool: Pool, key: string, operator = "In"): readonly unknown[] {
  const all = listAt(specOf(graph, pool), "template", "spec", "requirements");
  return all
    .filter((each) => textAt(each, "key") === key && textAt(each, "operator") === operator)
    .flatMap((each) => listAt(each, "values"));
}

/** The NodeClass that a pool names. */
function classOf(graph: Graph, pool: Pool): Fields {
  const reference = recordAt(specOf(graph, pool), "template", "spec", "nodeClassRef");
  assert.deepEqual([reference["group"], reference["kind"]], ["eks.amazonaws.com", "NodeClass"]);
  const named = graph
    .all(types.nodeClass)
    .filter(({ inputs }) => textAt(inputs, "metadata", "name") === reference["name"]);
  assert.equal(named.length, 1);
  return recordAt(named[0]?.inputs, "spec");
}

/** How many nodes may go at once for that reason. */
function budget(graph: Graph, pool: Pool, reason: string): readonly unknown[] {
  return listAt(specOf(graph, pool), "disruption", "budgets")
    .filter((each) => !("reasons" in recordAt(each)) || listAt(each, "reasons").includes(reason))
    .map((each) => textAt(each, "nodes"));
}

const hours = (text: string | undefined): number => Number(/^(\d+)h$/.exec(text ?? "")?.[1]);

describe("node pools", () => {
  it("are three, each with its own limits", async () => {
    const graph = await usual;
    assert.equal(graph.all(types.nodePool).length, 3);
    assert.deepEqual(
      pools.map((pool) => [
        textAt(graph.only(types.nodePool, `pools-${pool}`).inputs, "metadata", "name"),
        specOf(graph, pool)["limits"],
      ]),
      [
        ["platform", { cpu: "16", memory: "64Gi" }],
        ["drivers", { cpu: "32", memory: "128Gi" }],
        ["executors", { cpu: "256", memory: "1Ti" }],
      ],
    );
  });

  it("have executors on spot in one zone, and everything else on demand in all", async () => {
    const graph = await usual;
    const of = (key: string): readonly unknown[] => pools.map((pool) => required(graph, pool, key));
    assert.deepEqual(of("karpenter.sh/capacity-type"), [["on-demand"], ["on-demand"], ["spot"]]);
    assert.deepEqual(of("topology.kubernetes.io/zone"), [[], [], ["eu-central-1a"]]);
    assert.deepEqual(of("kubernetes.io/arch"), [["amd64"], ["amd64"], ["amd64"]]);
    assert.deepEqual(of("eks.amazonaws.com/instance-category"), Array(3).fill(["c", "m", "r"]));
    for (const pool of pools)
      assert.deepEqual(required(graph, pool, "eks.amazonaws.com/instance-generation", "Gt"), ["4"]);
  });

  it("take jobs' pods on nodes of their own, and nothing else there", async () => {
    const graph = await usual;
    for (const [role, pool] of [
      ["driver", "drivers"],
      ["executor", "executors"],
    ] as const) {
      const { nodeSelector, tolerations } = recordAt(graph.outputs["jobPlacement"], role);
      const template = recordAt(specOf(graph, pool), "template");
      assert.deepEqual(nodeSelector, recordAt(template, "metadata", "labels"));
      const taints = listAt(template, "spec", "taints");
      assert.deepEqual(taints, [{ key: "spark-platform/pool", value: pool, effect: "NoSchedule" }]);
      assert.deepEqual(
        tolerations,
        taints.map((taint) => ({ ...recordAt(taint), operator: "Equal" })),
      );
    }
    const platform = recordAt(specOf(graph, "platform"), "template");
    assert.ok(!("metadata" in platform) && !("taints" in recordAt(platform, "spec")));
  });

  it("go when they are empty, and those of jobs for no other reason", async () => {
    const graph = await usual;
    const policy = (pool: Pool): unknown =>
      recordAt(specOf(graph, pool), "disruption")["consolidationPolicy"];
    assert.deepEqual(pools.map(policy), ["WhenEmptyOrUnderutilized", "WhenEmpty", "WhenEmpty"]);
    for (const pool of pools)
      assert.equal(recordAt(specOf(graph, pool), "disruption")["consolidateAfter"], "5m");
    for (const pool of ["drivers", "executors"] as const) {
      assert.deepEqual(budget(graph, pool, "Empty"), ["100%"]);
      for (const reason of ["Drifted", "Underutilized"]) assert.deepEqual(budget(graph, pool, reason), ["0"]);
    }
    assert.deepEqual(budget(graph, "platform", "Drifted"), ["1"]);
    const { driver, executor } = recordAt(graph.outputs["jobPlacement"]);
    assert.deepEqual(recordAt(driver, "annotations"), { "karpenter.sh/do-not-disrupt": "true" });
    assert.deepEqual(recordAt(executor, "annotations"), {});
  });

  it("give up their nodes within the 21 days that EKS allows, with the time that pods have to end", async () => {
    const graph = await usual;
    for (const pool of pools) {
      const spec = recordAt(specOf(graph, pool), "template", "spec");
      // EKS gives a day where nothing is said.
      const [age, grace] = [
        hours(textAt(spec, "expireAfter")),
        hours(textAt(spec, "terminationGracePeriod") ?? "24h"),
      ];
      assert.ok(age >= 24 && age + grace <= 21 * 24, `${pool}: ${age} + ${grace}`);
      assert.equal(grace, pool === "drivers" ? 7 * 24 : 24);
    }
  });
});

describe("nodes", () => {
  it("are made with the cluster's role and group, in the subnets for nodes", async () => {
    const graph = await usual;
    const { nodeRoleName, securityGroupId } = graph.outputs;
    for (const pool of pools) {
      const spec = classOf(graph, pool);
      assert.equal(spec["role"], nodeRoleName);
      assert.match(String(nodeRoleName), /^cluster-node-role-/);
      assert.deepEqual(spec["securityGroupSelectorTerms"], [{ id: securityGroupId }]);
      const ids = listAt(spec, "subnetSelectorTerms").map((term) => textAt(term, "id") ?? "");
      assert.deepEqual(
        ids.map((id) => /^network-nodes-(euc1-az[123])-/.exec(id)?.[1]),
        ["euc1-az1", "euc1-az2", "euc1-az3"],
      );
      assert.equal(spec["networkPolicy"], "DefaultAllow");
    }
    assert.equal(textAt(classOf(graph, "platform"), "ephemeralStorage", "size"), "80Gi");
    assert.equal(textAt(classOf(graph, "executors"), "ephemeralStorage", "size"), "200Gi");
  });

  it("trust the given authorities, and have no list of them where there is none", async () => {
    const pems = ["-----BEGIN CERTIFICATE-----\na\n", "-----BEGIN CERTIFICATE-----\nb\n"];
    const graph = await eksGraph({ pools: { trusted: pems } });
    for (const pool of pools) {
      const bundles = listAt(classOf(graph, pool), "certificateBundles");
      assert.deepEqual(
        bundles.map((each) => Buffer.from(textAt(each, "data") ?? "", "base64").toString()),
        pems,
      );
      assert.equal(new Set(bundles.map((each) => textAt(each, "name"))).size, 2);
      assert.ok(!("certificateBundles" in classOf(await usual, pool)));
    }
  });

  it("enforce network policies", async () => {
    const { inputs } = (await usual).only("kubernetes:core/v1:ConfigMap", "pools-network-policies");
    const { name, namespace } = recordAt(inputs, "metadata");
    assert.deepEqual([name, namespace], ["amazon-vpc-cni", "kube-system"]);
    assert.deepEqual(inputs["data"], { "enable-network-policy-controller": "true" });
  });
});

describe("the order of nodes", () => {
  it("has the cluster, the nodes' access and their way to the internet first", async () => {
    const graph = await usual;
    const before = [
      types.cluster,
      types.access,
      types.attachment,
      "aws:ec2/route:Route",
      "aws:ec2/natGateway:NatGateway",
    ];
    for (const each of [...graph.all(types.nodePool), ...graph.all(types.nodeClass)]) {
      const provider = graph.only(types.provider, "cluster-provider");
      assert.ok(each.provider?.startsWith(`${provider.urn}::`), each.name);
      const first = upstream(graph, each);
      for (const needed of before.flatMap((type) => graph.all(type)))
        assert.ok(first.has(needed.urn), needed.name);
    }
  });

  it("takes pools down while all is there that drains them: classes, policies, and the cluster with its ways", async () => {
    const graph = await usual;
    for (const pool of graph.all(types.nodePool)) {
      const outlive = upstream(graph, pool);
      const named = textAt(pool.inputs, "spec", "template", "spec", "nodeClassRef", "name");
      assert.ok(outlive.has(graph.only(types.nodeClass, `pools-${named}-class`).urn));
      assert.ok(outlive.has(graph.only("kubernetes:core/v1:ConfigMap", "pools-network-policies").urn));
      assert.equal(pool.timeouts.delete, "30m");
    }
  });

  it("has pods after the pools, so that they are gone before these", async () => {
    const graph = await usual;
    const namespace = upstream(graph, graph.only("kubernetes:core/v1:Namespace", "team"));
    for (const pool of graph.all(types.nodePool)) assert.ok(namespace.has(pool.urn), pool.name);
  });
});

describe("a preview of nodes", () => {
  it("shows them with what is known", async () => {
    const graph = await eksGraph({}, { preview: true });
    assert.deepEqual(required(graph, "executors", "topology.kubernetes.io/zone"), [unknown]);
    assert.deepEqual(specOf(graph, "drivers")["limits"], { cpu: "32", memory: "128Gi" });
    assert.deepEqual(graph.outputs["jobPlacement"], (await usual).outputs["jobPlacement"]);
  });
});
