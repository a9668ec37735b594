import assert from "node:assert/strict";
import { test } from "node:test";

import { parseBlock, contains, overlap } from "../../components/cluster/ipv4.ts";
import { nameOf, ofKind, stackFile, texts } from "../support/graph.ts";
import { at, listAt, textAt } from "../../local/kube/json.ts";
import { amazon, awsGraph, policies, stacks } from "./aws-graph.ts";

for (const stack of stacks) {
  test(`a policy names the stack's own bucket and no other (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const own = textAt(graph.outputs, "bucket");
    const named = policies(graph).flatMap(({ of, text }) =>
      [...text.matchAll(/arn:aws:s3:::([^/"]+)/g)].map(([, bucket]) => [of.name, bucket] as const),
    );
    assert.ok(named.length > 10);
    for (const [name, bucket] of named) assert.equal(bucket, own, name);
  });

  test(`ARNs of other accounts are nowhere but where the stack file names them (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const own = "111122223333";
    const file = stackFile(stack);
    const named = texts([file["aws"], file["cluster"]]).map(([, text]) => text);
    const found = amazon(graph).flatMap(({ name, inputs }) =>
      texts(inputs).flatMap(([path, text]) =>
        [...text.matchAll(/arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):[^"\s]*/g)]
          .filter(([arn, account]) => account !== own && !named.includes(arn))
          .map(([arn]) => `${name} ${path} ${arn}`),
      ),
    );
    assert.deepEqual(found, []);
  });

  test(`subnets are in the VPC, apart from each other, three of each kind in three zones (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const vpc = parseBlock(textAt(graph.only("aws:ec2/vpc:Vpc").inputs, "cidrBlock") ?? "");
    const subnets = graph.all("aws:ec2/subnet:Subnet");
    const blocks = subnets.map(({ inputs }) => parseBlock(textAt(inputs, "cidrBlock") ?? ""));
    assert.ok(vpc);
    assert.equal(subnets.length, 9);
    blocks.forEach((block, index) => {
      assert.ok(block && contains(vpc, block));
      for (const other of blocks.slice(index + 1)) assert.ok(other && !overlap(block, other));
    });
    const zones = new Set(subnets.map(({ inputs }) => textAt(inputs, "availabilityZoneId")));
    assert.equal(zones.size, 3);
    assert.equal(new Set(subnets.map(({ inputs }) => inputs["vpcId"])).size, 1);
  });

  test(`every host is below the stack's domain, in its zone (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const domain = textAt(stackFile(stack), "domain", "name") ?? "";
    const zone = graph.only("aws:route53/zone:Zone");
    assert.equal(zone.inputs["name"], domain);
    const records = graph.all("aws:route53/record:Record");
    assert.ok(records.length >= 4);
    for (const { name, inputs, dependsOn } of records) {
      assert.ok(dependsOn.includes(zone.urn), name);
      const host = textAt(inputs, "name") ?? "";
      assert.ok(host === domain || host.endsWith(`.${domain}`) || name.includes("proof"), host);
    }
  });

  test(`names come from the address that the cluster's pods are told, and DNS from no other (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const { inputs } = graph.only("aws:eks/cluster:Cluster");
    const services = parseBlock(textAt(inputs, "kubernetesNetworkConfig", "serviceIpv4Cidr") ?? "");
    const policies = ofKind(graph, "NetworkPolicy").filter((each) => nameOf(each) === "default-deny");
    assert.ok(policies.length >= 4);
    for (const each of policies) {
      const [names] = listAt(each.inputs, "spec", "egress");
      const blocks = listAt(names, "to").flatMap((peer) => textAt(peer, "ipBlock", "cidr") ?? []);
      assert.equal(blocks.length, 1, each.name);
      const [block] = blocks.map(parseBlock);
      assert.ok(services && block && contains(services, block), each.name);
      assert.deepEqual([block.prefix, block.first - services.first], [32, 10], each.name);
    }
  });

  test(`the cluster's nodes reach the registry by the addresses that they come from (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const gateways = graph.all("aws:ec2/natGateway:NatGateway");
    assert.equal(gateways.length, stack === "prod" ? 3 : 1);
    const rules = graph
      .all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ name }) => name.includes("cluster"));
    assert.equal(rules.length, gateways.length);
    const addresses = graph.all("aws:ec2/eip:Eip");
    for (const { inputs, dependsOn } of rules) {
      assert.match(String(inputs["cidrIpv4"]), /^203\.0\.113\.\d+\/32$/);
      assert.ok(addresses.some(({ urn }) => dependsOn.includes(urn)));
    }
  });
}

test("two environments can be peered: their networks do not overlap", () => {
  const [dev, prod] = stacks.map((stack) =>
    parseBlock(textAt(at(stackFile(stack), "cluster", "network"), "cidr") ?? ""),
  );
  assert.ok(dev && prod && !overlap(dev, prod));
});
