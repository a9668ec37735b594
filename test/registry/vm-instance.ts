import assert from "node:assert/strict";
import { test } from "node:test";

import { architecture } from "../../components/registry/vm/instance.ts";
import { upstream } from "../support/graph.ts";
import type { Fields } from "../../local/kube/json.ts";
import { graphs, host, types, userData, vmGraph, type Wishes } from "./vm-graph.ts";

for (const [kind, graph] of graphs) {
  test(`the VM: IMDSv2 for itself alone, an encrypted volume, no key to log in with (${kind})`, async () => {
    const { inputs } = (await graph).only(types.instance);
    const { userData: script, iamInstanceProfile, vpcSecurityGroupIds, ...rest } = inputs;
    assert.ok(script && iamInstanceProfile && vpcSecurityGroupIds);
    assert.deepEqual(rest, {
      ami: "ami-1",
      instanceType: "t4g.small",
      subnetId: "subnet-1",
      associatePublicIpAddress: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 10 },
      userDataReplaceOnChange: true,
      tags: { Name: host },
    });
  });

  test(`the first boot finds its rights, its parameters, its way out and who may vouch for it (${kind})`, async () => {
    const all = await graph;
    const before = upstream(all, all.only(types.instance));
    const needed = [
      types.policy,
      types.parameter,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:iam/instanceProfile:InstanceProfile",
    ].flatMap((type) => all.all(type));
    assert.ok(needed.length >= 5);
    for (const { urn } of [...needed, all.only(types.record, "registry-caa")])
      assert.ok(before.has(urn), urn);
  });
}

test("a new image of Debian alone does not replace the VM", async () => {
  const before = (await vmGraph({ foundImage: "ami-1" })).only(types.instance);
  const after = (await vmGraph({ foundImage: "ami-2" })).only(types.instance);
  assert.deepEqual({ ...after.inputs, ami: "ami-1" }, before.inputs);
  assert.deepEqual(after.ignoreChanges, ["ami"]);
  assert.equal(after.protect, false);
  assert.equal(after.deleteBeforeReplace, false);
});

test("a change of what the VM is makes a new one", async () => {
  const base = userData(await vmGraph());
  const changes: Readonly<Record<string, Wishes>> = {
    host: { host: "other.example.org" },
    region: { region: "eu-west-1" },
    email: { certificate: { kind: "acme", email: "other@example.org" } },
    authority: {
      certificate: {
        kind: "acme",
        email: "ops@example.org",
        authority: { directory: "https://acme.test/directory", caaDomain: "acme.test" },
      },
    },
    certificate: { certificate: "private" },
  };
  const scripts = await Promise.all(
    Object.entries(changes).map(async ([what, wishes]) => [what, userData(await vmGraph(wishes))] as const),
  );
  for (const [what, script] of scripts) assert.notEqual(script, base, what);
});

test("new passwords, other clients and protection do not", async () => {
  for (const certificate of [undefined, "private"] as const) {
    const wishes = certificate === undefined ? {} : { certificate };
    const before = (await vmGraph(wishes)).only(types.instance);
    const after = (
      await vmGraph({
        ...wishes,
        passwords: { push: 3, pull: 2 },
        allowedCidrs: ["192.0.2.0/24"],
        protect: true,
      })
    ).only(types.instance);
    assert.deepEqual(after.inputs, before.inputs);
  }
});

test("the image is Debian's own newest, for the processors of the instance type", async () => {
  for (const [instanceType, name] of [
    ["t4g.small", "debian-13-arm64-*"],
    ["t3.small", "debian-13-amd64-*"],
  ] as const) {
    const searches: Fields[] = [];
    await vmGraph({ instanceType, onImageSearch: (args) => void searches.push(args) });
    assert.deepEqual(searches, [
      { owners: ["136693071363"], filters: [{ name: "name", values: [name] }], mostRecent: true },
    ]);
  }
});

test("an image that the stack names is taken, and none is looked for", async () => {
  const searches: Fields[] = [];
  const graph = await vmGraph({ image: "ami-0a", onImageSearch: (args) => void searches.push(args) });
  assert.equal(graph.only(types.instance).inputs["ami"], "ami-0a");
  assert.deepEqual(searches, []);
});

test("the processors follow from the instance type", () => {
  const arm = [
    "t4g.nano",
    "m7g.large",
    "m8gd.medium",
    "c7gn.large",
    "im4gn.large",
    "is4gen.large",
    "x2gd.large",
  ];
  const intelOrAmd = [
    "t3.small",
    "t3a.small",
    "m7i-flex.large",
    "c6in.large",
    "g4dn.xlarge",
    "g6.xlarge",
    "r7a.large",
  ];
  for (const type of arm) assert.equal(architecture(type), "arm64", type);
  for (const type of intelOrAmd) assert.equal(architecture(type), "amd64", type);
});
