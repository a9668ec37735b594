import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { eksVersions } from "../../components/cluster/eks-versions.ts";
import { serviceCidr } from "../../components/cluster/network-plan.ts";
import { upstream } from "../support/graph.ts";
import { listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { eksGraph, types, unknown, usual } from "./eks-graph.ts";
import { types as networkTypes } from "./network-graph.ts";

const cluster = (graph: Graph): Fields => graph.only(types.cluster).inputs;

/** Managed policies and trust of the role with that name. */
function roleOf(graph: Graph, name: string): { policies: readonly string[]; trust: unknown } {
  const role = graph.only(types.role, name);
  const attached = graph.all(types.attachment).filter(({ dependsOn }) => dependsOn.includes(role.urn));
  return {
    policies: attached.map(({ inputs }) =>
      (textAt(inputs, "policyArn") ?? "").replace("arn:aws:iam::aws:policy/", ""),
    ),
    trust: listAt(parseJson(textAt(role.inputs, "assumeRolePolicy") ?? ""), "Statement"),
  };
}

describe("the cluster", () => {
  it("is one of Auto Mode without EKS's own pools", async () => {
    const inputs = cluster(await usual);
    assert.deepEqual(recordAt(inputs, "computeConfig"), { enabled: true });
    assert.deepEqual(recordAt(inputs, "storageConfig"), { blockStorage: { enabled: true } });
    assert.deepEqual(recordAt(inputs, "kubernetesNetworkConfig"), {
      elasticLoadBalancing: { enabled: true },
      ipFamily: "ipv4",
      serviceIpv4Cidr: serviceCidr,
    });
    assert.deepEqual(recordAt(inputs, "accessConfig"), {
      authenticationMode: "API",
      bootstrapClusterCreatorAdminPermissions: false,
    });
    assert.equal(inputs["bootstrapSelfManagedAddons"], false);
  });

  it("has the wanted name and version, and is upgraded by EKS when that version ends", async () => {
    for (const version of eksVersions) {
      const inputs = cluster(await eksGraph({ version }));
      assert.equal(textAt(inputs, "version"), version);
      assert.equal(textAt(inputs, "name"), "spark-test");
      assert.equal(textAt(inputs, "upgradePolicy", "supportType"), "STANDARD");
    }
  });

  it("stands in the control plane's subnets, reached inside of the VPC and from the given ranges", async () => {
    const graph = await usual;
    const { subnetIds, ...endpoints } = recordAt(cluster(graph), "vpcConfig");
    assert.deepEqual(endpoints, {
      endpointPrivateAccess: true,
      endpointPublicAccess: true,
      publicAccessCidrs: ["203.0.113.0/24"],
    });
    assert.ok(Array.isArray(subnetIds) && subnetIds.length === 3);
    for (const id of subnetIds) assert.match(String(id), /^network-control-plane-euc1-az/);
  });

  it("has no address on the internet where no range is given", async () => {
    const { subnetIds, ...endpoints } = recordAt(
      cluster(await eksGraph({ publicAccessCidrs: [] })),
      "vpcConfig",
    );
    assert.ok(subnetIds);
    assert.deepEqual(endpoints, { endpointPrivateAccess: true, endpointPublicAccess: false });
  });

  it("keeps all logs of the control plane as long as is wanted, in a group that is there before it", async () => {
    const graph = await eksGraph({ logRetentionDays: 90 });
    const group = graph.only(types.logs);
    assert.equal(group.inputs["name"], "/aws/eks/spark-test/cluster");
    assert.equal(group.inputs["retentionInDays"], 90);
    assert.deepEqual(listAt(cluster(graph), "enabledClusterLogTypes"), [
      "api",
      "audit",
      "authenticator",
      "controllerManager",
      "scheduler",
    ]);
    assert.ok(graph.only(types.cluster).dependsOn.includes(group.urn));
  });

  it("encrypts its secrets with a key of its own, which is renewed", async () => {
    const graph = await usual;
    const key = graph.only(types.key);
    assert.equal(key.inputs["enableKeyRotation"], true);
    const config = recordAt(cluster(graph), "encryptionConfig");
    assert.deepEqual(config["resources"], ["secrets"]);
    assert.match(textAt(config, "provider", "keyArn") ?? "", /^arn:aws:kms:.*:key\/cluster-key-/);
    assert.ok(graph.only(types.cluster).dependsOn.includes(key.urn));
  });

  it("is protected by Pulumi and by EKS, with its key, where that is wanted", async () => {
    for (const protect of [true, false]) {
      const graph = await eksGraph({ protect });
      const guarded = graph.registrations.filter((each) => each.protect).map(({ type }) => type);
      assert.deepEqual(guarded.sort(), protect ? [types.cluster, types.key] : []);
      assert.equal(cluster(graph)["deletionProtection"], protect);
    }
  });

  it("acts in the account by the policies of Auto Mode, and so do its nodes", async () => {
    const graph = await usual;
    assert.deepEqual(roleOf(graph, "cluster-role"), {
      policies: [
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
      ],
      trust: [
        {
          Effect: "Allow",
          Principal: { Service: "eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
        },
      ],
    });
    assert.deepEqual(roleOf(graph, "cluster-node-role"), {
      policies: ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"],
      trust: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: ["sts:AssumeRole"] }],
    });
  });
});

describe("order", () => {
  it("puts the roles' rights and the ways to the internet before the cluster, and takes them after it", async () => {
    const graph = await usual;
    const before = upstream(graph, graph.only(types.cluster));
    const rights = graph.all(types.attachment).filter(({ name }) => name.startsWith("cluster-role-"));
    assert.equal(rights.length, 5);
    const ways = [networkTypes.route, networkTypes.association, networkTypes.nat, networkTypes.internet];
    for (const each of [...rights, ...ways.flatMap((type) => graph.all(type))])
      assert.ok(before.has(each.urn), each.name);
  });
});

describe("a preview", () => {
  it("shows the whole cluster before AWS has made any of it", async () => {
    const [planned, made] = [await eksGraph({}, { preview: true }), await usual];
    assert.deepEqual(
      planned.registrations.map(({ urn }) => urn).sort(),
      made.registrations.map(({ urn }) => urn).sort(),
    );
    assert.equal(planned.only(types.provider, "cluster-provider").inputs["kubeconfig"], unknown);
    assert.equal(planned.outputs["trustPolicy"], unknown);
    assert.deepEqual(planned.outputs["jobPlacement"], made.outputs["jobPlacement"]);
  });
});
