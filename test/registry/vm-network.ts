import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { upstream } from "../support/graph.ts";
import { listAt, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { graphs, host, types, vmGraph } from "./vm-graph.ts";

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const rules = (graph: Graph, type: string): readonly unknown[] =>
  graph
    .all(type)
    .map(({ inputs }) => [inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"], inputs["cidrIpv4"]]);

for (const [kind, graph] of graphs) {
  test(`HTTPS gets in from the given ranges, HTTP and HTTPS get out, and nothing else (${kind})`, async () => {
    assert.deepEqual(rules(await graph, ingressType), [
      ["tcp", 443, 443, "203.0.113.0/24"],
      ["tcp", 443, 443, "198.51.100.7/32"],
    ]);
    assert.deepEqual(rules(await graph, egressType), [
      ["tcp", 443, 443, "0.0.0.0/0"],
      ["tcp", 80, 80, "0.0.0.0/0"],
    ]);
    const group = (await graph).only(groupType);
    assert.deepEqual(Object.keys(group.inputs).sort(), ["description", "vpcId"], "no rules of its own");
    const others = (await graph).registrations.filter(
      ({ type }) => /securityGroup/i.test(type) && ![groupType, ingressType, egressType].includes(type),
    );
    assert.deepEqual(others, []);
    for (const type of [ingressType, egressType])
      for (const rule of (await graph).all(type)) assert.ok(rule.dependsOn.includes(group.urn));
    const instance = (await graph).only(types.instance);
    assert.equal(listAt(instance.inputs, "vpcSecurityGroupIds").length, 1);
    assert.ok(instance.dependsOn.includes(group.urn));
  });
}

test("the cluster's nodes get in by their addresses, known or not, and nobody else with them", async () => {
  const clusterAddresses = ["198.51.100.8", pulumi.output("198.51.100.9")];
  const graph = await vmGraph({ allowedCidrs: [], clusterAddresses });
  assert.deepEqual(rules(graph, ingressType), [
    ["tcp", 443, 443, "198.51.100.8/32"],
    ["tcp", 443, 443, "198.51.100.9/32"],
  ]);
});

test("the address and the names know nothing of the VM, so they outlive it", async () => {
  const graph = await vmGraph();
  const instance = graph.only(types.instance);
  const address = graph.only(types.address);
  for (const each of [address, ...graph.all(types.record)])
    assert.ok(!upstream(graph, each).has(instance.urn), each.name);
  const association = graph.only(types.association);
  assert.ok(association.dependsOn.includes(address.urn) && association.dependsOn.includes(instance.urn));
});

test("the host leads to the address", async () => {
  const graph = await vmGraph();
  const { inputs, dependsOn } = graph.only(types.record, "registry-a");
  assert.deepEqual([inputs["name"], inputs["type"], inputs["zoneId"]], [host, "A", "Z1OWN"]);
  assert.match(String(listAt(inputs, "records")), /^203\.0\.113\.\d+$/);
  assert.ok(dependsOn.includes(graph.only(types.address).urn));
});

test("the chosen authority alone may vouch for the host, and none where the certificate is our own", async () => {
  const own = { directory: "https://acme.test/directory", caaDomain: "acme.test" };
  const graphs = {
    letsencrypt: vmGraph(),
    other: vmGraph({ certificate: { kind: "acme", email: "ops@example.org", authority: own } }),
    none: vmGraph({ certificate: "private" }),
  };
  const caa = async (graph: Promise<Graph>): Promise<unknown> => {
    const { inputs } = (await graph).only(types.record, "registry-caa");
    assert.deepEqual([inputs["name"], inputs["type"]], [host, "CAA"]);
    return inputs["records"];
  };
  assert.deepEqual(await caa(graphs.letsencrypt), ['0 issue "letsencrypt.org"']);
  assert.deepEqual(await caa(graphs.other), ['0 issue "acme.test"']);
  assert.deepEqual(await caa(graphs.none), ['0 issue ";"']);
});

test("protection is of the address and the names, and of nothing that is made anew", async () => {
  const named = [types.address, types.record];
  for (const protect of [true, false]) {
    const graph = await vmGraph({ protect });
    const found = graph.registrations
      .filter((each) => each.protect)
      .map(({ name, type }) => `${type} ${name}`);
    const all = named.flatMap((type) => graph.all(type)).map(({ name, type }) => `${type} ${name}`);
    assert.equal(all.length, 3);
    assert.deepEqual(found.sort(), protect ? all.sort() : []);
  }
});

test("the registry is ready when the VM, its address and its names are", async () => {
  const graph = await vmGraph();
  const wanted = [types.instance, types.association, types.record].flatMap((type) => graph.all(type));
  assert.equal(wanted.length, 4);
  assert.deepEqual(
    listAt(graph.outputs, "ready")
      .map((urn) => realName(String(urn)))
      .sort(),
    wanted.map(({ urn }) => realName(urn)).sort(),
  );
  assert.equal(textAt(graph.outputs, "host"), host);
});

/** TYPE::NAME of a URN. */
function realName(urn: string): string {
  const [, , chain = "", name = ""] = urn.split("::");
  return `${chain.split("$").at(-1) ?? ""}::${name}`;
}
