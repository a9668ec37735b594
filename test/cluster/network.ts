import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { planNetwork } from "../../components/cluster/network-plan.ts";
import { regions } from "../../components/cluster/regions.ts";
import { upstream } from "../support/graph.ts";
import { listAt, parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import type { Graph, Registration } from "../support/mocks.ts";
import { networkGraph, types } from "./network-graph.ts";

/** Route tables by the kind of subnet that uses them. */
function tablesOf(graph: Graph, kind: string): readonly Registration[] {
  const tables = graph
    .all(types.association)
    .filter(({ dependsOn }) => dependsOn.some((urn) => urn.includes(`::network-${kind}-euc1-`)))
    .map(({ dependsOn }) => graph.all(types.table).find(({ urn }) => dependsOn.includes(urn)));
  return tables.filter((table) => table !== undefined);
}

/** Where the default route of a table leads: the names of its gateway. */
function wayOut(graph: Graph, table: Registration): readonly string[] {
  return graph
    .all(types.route)
    .filter(({ dependsOn }) => dependsOn.includes(table.urn))
    .flatMap(({ dependsOn, inputs }) => {
      assert.equal(inputs["destinationCidrBlock"], "0.0.0.0/0");
      return [...graph.all(types.internet), ...graph.all(types.nat)]
        .filter(({ urn }) => dependsOn.includes(urn))
        .map(({ name }) => name);
    });
}

describe("the network", () => {
  it("has a subnet of each kind in each of the region's zones, by the plan", async () => {
    const graph = await networkGraph({ region: "us-east-1", cidr: "192.168.0.0/17" });
    const plan = planNetwork("192.168.0.0/17");
    const found = graph
      .all(types.subnet)
      .map(({ name, inputs }) => [name, [inputs["availabilityZoneId"], inputs["cidrBlock"]]] as const);
    const kinds = { public: plan.public, nodes: plan.nodes, "control-plane": plan.controlPlane };
    const wanted = Object.entries(kinds).flatMap(([kind, cidrs]) =>
      regions["us-east-1"].map((zone, index) => [`network-${kind}-${zone}`, [zone, cidrs[index]]] as const),
    );
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
    for (const { inputs, name } of graph.all(types.subnet))
      assert.notEqual(inputs["mapPublicIpOnLaunch"], true, name);
  });

  it("tells load balancers their subnets, and resolves names", async () => {
    const graph = await networkGraph();
    const tagged = (tag: string): readonly string[] =>
      graph
        .all(types.subnet)
        .filter(({ inputs }) => textAt(inputs, "tags", tag) === "1")
        .map(({ name }) => name);
    const names = (part: string): readonly string[] => [1, 2, 3].map((n) => `network-${part}-euc1-az${n}`);
    assert.deepEqual(tagged("kubernetes.io/role/elb"), names("public"));
    assert.deepEqual(tagged("kubernetes.io/role/internal-elb"), names("nodes"));
    const { inputs } = graph.only(types.vpc);
    assert.deepEqual([inputs["enableDnsSupport"], inputs["enableDnsHostnames"]], [true, true]);
  });

  it("leads public subnets to the internet, nodes to NAT, and the control plane nowhere", async () => {
    const graph = await networkGraph();
    const ways = (kind: string): readonly string[] =>
      tablesOf(graph, kind).flatMap((table) => wayOut(graph, table));
    assert.deepEqual(ways("public"), Array(3).fill("network-internet"));
    assert.deepEqual(ways("nodes"), Array(3).fill("network-nat-1"));
    assert.deepEqual(ways("control-plane"), []);
    assert.equal(tablesOf(graph, "control-plane").length, 3);
    assert.equal(graph.all(types.route).length, 4, "no other routes");
    const [gateway] = graph.all(types.nat);
    assert.ok(gateway?.dependsOn.some((urn) => urn.endsWith("::network-public-euc1-az1")));
  });

  it("has, where wanted, a NAT gateway in each zone for the nodes there", async () => {
    const [single, each] = [await networkGraph(), await networkGraph({ nat: "per-zone" })];
    const ways = tablesOf(each, "nodes").map((table) => wayOut(each, table));
    assert.deepEqual(ways, [["network-nat-1"], ["network-nat-2"], ["network-nat-3"]]);
    for (const [index, { dependsOn }] of each.all(types.nat).entries())
      assert.ok(dependsOn.some((urn) => urn.endsWith(`::network-public-euc1-az${index + 1}`)));
    assert.deepEqual(
      [single, each].map((graph) => graph.all(types.address).length),
      [1, 3],
    );
    assert.deepEqual(
      single.all(types.table).map(({ name }) => name),
      each.all(types.table).map(({ name }) => name),
      "more gateways are no new tables",
    );
  });

  it("reaches S3 from every private table without NAT", async () => {
    const graph = await networkGraph({ region: "us-west-2" });
    const { inputs, dependsOn } = graph.only(types.endpoint);
    assert.deepEqual(
      [inputs["vpcEndpointType"], inputs["serviceName"]],
      ["Gateway", "com.amazonaws.us-west-2.s3"],
    );
    const tables = graph
      .all(types.table)
      .filter(({ urn }) => dependsOn.includes(urn))
      .map(({ name }) => name.replace("network-", ""));
    assert.deepEqual(tables.sort(), ["control-plane", "nodes-1", "nodes-2", "nodes-3"]);
    assert.equal(listAt(inputs, "routeTableIds").length, 4);
  });

  it("has no rule in the VPC's default security group", async () => {
    const { inputs } = (await networkGraph()).only(types.defaultGroup);
    assert.deepEqual(Object.keys(inputs), ["vpcId"]);
  });

  it("has its gateways before what goes through them, and is ready with all its ways", async () => {
    for (const nat of ["single", "per-zone"] as const) {
      const graph = await networkGraph({ nat });
      const internet = graph.only(types.route, "network-public");
      for (const each of [...graph.all(types.nat), ...graph.all(types.address)])
        assert.ok(upstream(graph, each).has(internet.urn), each.name);
      const ways = [types.route, types.association, types.endpoint].flatMap((type) => graph.all(type));
      const endings = (urns: readonly unknown[]): readonly string[] =>
        urns.map((urn) => String(urn).split("$").at(-1) ?? "").sort();
      assert.deepEqual(endings(listAt(graph.outputs, "ready")), endings(ways.map(({ urn }) => urn)));
    }
  });

  it("says what others need of it", async () => {
    const { outputs } = await networkGraph({ nat: "per-zone" });
    assert.equal(outputs["vpcCidr"], "10.0.0.0/16");
    assert.match(textAt(outputs, "vpcId") ?? "", /^network-vpc-/);
    const ids = ["publicSubnetIds", "nodeSubnetIds", "controlPlaneSubnetIds"].map((key) =>
      listAt(outputs, key),
    );
    assert.equal(new Set(ids.flat()).size, 9);
    for (const [kind, own] of ["public", "nodes", "control-plane"].map(
      (each, at) => [each, ids[at]] as const,
    ))
      assert.deepEqual(
        own?.map((id) => /^network-(.+)-euc1-az[123]-/.exec(String(id))?.[1]),
        [kind, kind, kind],
      );
    assert.deepEqual(outputs["nodeZones"], ["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
    assert.equal(new Set(listAt(outputs, "natAddresses")).size, 3);
    for (const address of listAt(outputs, "natAddresses")) assert.match(String(address), /^203\.0\.113\./);
  });

  it("calls no function of AWS, and plans before it knows anything", async () => {
    const graph = await networkGraph({ nat: "per-zone", flowLogs: { retentionDays: 30 } }, { preview: true });
    assert.equal(graph.all(types.subnet).length, 9);
    assert.deepEqual(graph.outputs["nodeZones"], Array(3).fill(pulumi.runtime.unknownValue));
  });
});

describe("flow logs", () => {
  const withLogs = networkGraph({ flowLogs: { retentionDays: 30 } });

  it("are there only where they are wanted", async () => {
    const without = await networkGraph();
    const parts = ["aws:cloudwatch/", "aws:iam/", "aws:ec2/flowLog"];
    const found = without.registrations.filter(({ type }) => parts.some((part) => type.startsWith(part)));
    assert.deepEqual(found, []);
  });

  it("go to a group that keeps them as long as is wanted, once their role may write there", async () => {
    const graph = await withLogs;
    const group = graph.only("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(group.inputs["retentionInDays"], 30);
    const log = graph.only(types.flowLog);
    assert.equal(log.inputs["trafficType"], "ALL");
    for (const type of ["aws:iam/rolePolicy:RolePolicy", types.vpc, "aws:iam/role:Role"])
      assert.ok(log.dependsOn.includes(graph.only(type).urn), type);
    assert.ok(log.dependsOn.includes(group.urn));
  });

  it("have a role for flow logs of this account's region alone, which may write to their group alone", async () => {
    const graph = await withLogs;
    const policyOf = (type: string, key: string): unknown =>
      listAt(parseJson(textAt(graph.only(type).inputs, key) ?? ""), "Statement")[0];
    const trust = policyOf("aws:iam/role:Role", "assumeRolePolicy");
    assert.deepEqual(recordAt(trust, "Principal"), { Service: "vpc-flow-logs.amazonaws.com" });
    assert.deepEqual(recordAt(trust, "Condition"), {
      StringEquals: { "aws:SourceAccount": "111122223333" },
      ArnLike: { "aws:SourceArn": "arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*" },
    });
    const rights = policyOf("aws:iam/rolePolicy:RolePolicy", "policy");
    const actions = listAt(rights, "Action").map(String);
    assert.ok(actions.includes("logs:PutLogEvents") && actions.every((action) => !action.includes("*")));
    const group = "arn:aws:logs:eu-central-1:111122223333:log-group:network-flow-logs-";
    for (const arn of listAt(rights, "Resource")) assert.ok(String(arn).startsWith(group), String(arn));
  });
});
