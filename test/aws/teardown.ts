import assert from "node:assert/strict";
import { test } from "node:test";

import { kubernetes, upstream } from "../support/graph.ts";
import { recordAt } from "../../local/kube/json.ts";
import type { Graph, Registration } from "../support/mocks.ts";
import { amazon, awsGraph, stacks } from "./aws-graph.ts";

/** Pulumi deletes in the reverse of the order it makes things in: what needs another until it is gone depends on it. */
function assertOutlives(graph: Graph, longer: Registration, shorter: readonly Registration[]): void {
  assert.ok(shorter.length > 0, longer.name);
  for (const each of shorter)
    assert.ok(upstream(graph, each).has(longer.urn), `${longer.name} must outlive ${each.name}`);
}

for (const stack of stacks) {
  test(`Kubernetes objects go before nodes, cluster, and who may talk to it (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const objects = kubernetes(graph);
    const pools = objects.filter(({ inputs }) => ["NodePool", "NodeClass"].includes(String(inputs["kind"])));
    assert.ok(pools.length >= 4);
    const others = objects.filter(({ parent }) => parent !== pools[0]?.parent);
    for (const pool of pools) assertOutlives(graph, pool, others);
    assertOutlives(graph, graph.only("aws:eks/cluster:Cluster"), objects);
    for (const entry of graph.all("aws:eks/accessEntry:AccessEntry")) assertOutlives(graph, entry, others);
  });

  test(`the load balancer goes while its controller and its certificate are there (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const ingresses = graph.all("kubernetes:networking.k8s.io/v1:Ingress");
    for (const longer of [
      graph.only("kubernetes:networking.k8s.io/v1:IngressClass"),
      graph.only("kubernetes:eks.amazonaws.com/v1:IngressClassParams"),
      graph.only("aws:acm/certificate:Certificate"),
      graph.only("aws:eks/cluster:Cluster"),
    ])
      assertOutlives(graph, longer, ingresses);
  });

  test(`the way out to the internet stays until the nodes are gone (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const pools = kubernetes(graph).filter(({ inputs }) => inputs["kind"] === "NodePool");
    for (const gateway of graph.all("aws:ec2/natGateway:NatGateway")) assertOutlives(graph, gateway, pools);
    for (const subnet of graph.all("aws:ec2/subnet:Subnet").filter(({ name }) => name.includes("node")))
      assertOutlives(graph, subnet, pools);
  });

  test(`the bucket outlives all that writes to it (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const writers = [
      ...graph.all("kubernetes:helm.sh/v3:Release"),
      ...graph.all("aws:ec2/instance:Instance"),
      ...graph.all("kubernetes:apps/v1:Deployment").filter(({ name }) => name === "history-server"),
    ];
    assert.equal(writers.length, 3);
    assertOutlives(graph, graph.only("aws:s3/bucket:Bucket"), writers);
  });
}

/** What holds what nobody can make again, by type. */
const stateful = [
  "aws:s3/bucket:Bucket",
  "aws:route53/zone:Zone",
  "aws:cognito/userPool:UserPool",
  "aws:kms/key:Key",
  "aws:eks/cluster:Cluster",
];

test("in prod nothing that holds data goes without the word of config", async () => {
  const graph = await awsGraph("prod");
  for (const type of stateful)
    for (const { protect, name } of graph.all(type)) assert.ok(protect, `${type} ${name}`);
  assert.equal(graph.only("aws:s3/bucket:Bucket").retainOnDelete, true);
  assert.equal(graph.only("aws:eks/cluster:Cluster").inputs["deletionProtection"], true);
  assert.equal(graph.only("aws:cognito/userPool:UserPool").inputs["deletionProtection"], "ACTIVE");
});

test("with that word everything may go, and nothing is left that costs money", async () => {
  const word = { aws: { region: "eu-central-1", protect: false } };
  for (const graph of [await awsGraph("dev"), await awsGraph("prod", { keys: word })]) {
    assert.deepEqual(
      graph.registrations.filter(({ protect, retainOnDelete }) => protect || retainOnDelete),
      [],
    );
    for (const type of ["aws:s3/bucket:Bucket", "aws:route53/zone:Zone"])
      assert.equal(graph.only(type).inputs["forceDestroy"], true, type);
    assert.notEqual(graph.only("aws:eks/cluster:Cluster").inputs["deletionProtection"], true);
    assert.notEqual(graph.only("aws:cognito/userPool:UserPool").inputs["deletionProtection"], "ACTIVE");
    // Logs that AWS made by itself would stay: every group is the stack's own, and ends its logs by itself.
    const groups = graph.all("aws:cloudwatch/logGroup:LogGroup");
    assert.ok(groups.length > 0);
    for (const { inputs, name } of groups) {
      assert.ok(Number(inputs["retentionInDays"]) > 0, name);
      assert.notEqual(inputs["skipDestroy"], true, name);
    }
    const skipped = amazon(graph).filter(({ inputs }) => recordAt(inputs)["skipDestroy"] === true);
    assert.deepEqual(skipped, []);
  }
});
