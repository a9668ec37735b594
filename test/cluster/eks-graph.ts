/** What a network, a cluster in it and its nodes declare, and questions that tests ask. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { EksCluster, type EksClusterArgs } from "../../components/cluster/eks-cluster.ts";
import { Network } from "../../components/cluster/network.ts";
import { NodePools, type NodePoolsArgs } from "../../components/cluster/node-pools.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";

export const types = {
  cluster: "aws:eks/cluster:Cluster",
  entry: "aws:eks/accessEntry:AccessEntry",
  access: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
  association: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  role: "aws:iam/role:Role",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  key: "aws:kms/key:Key",
  logs: "aws:cloudwatch/logGroup:LogGroup",
  provider: "pulumi:providers:kubernetes",
  nodeClass: "kubernetes:eks.amazonaws.com/v1:NodeClass",
  nodePool: "kubernetes:karpenter.sh/v1:NodePool",
};

export const admins = ["arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:user/ops/ada"];
export const viewers = ["arn:aws:iam::111122223333:role/preview"];
export const clusterArn = "arn:aws:eks:eu-central-1:111122223333:cluster/spark-test";

export interface Wishes extends Partial<Omit<EksClusterArgs, "network">> {
  readonly pools?: Partial<Pick<NodePoolsArgs, "pools" | "trusted">>;
}

/** A platform on AWS with a namespace and a service account that has rights in AWS. */
export function eksGraph(
  { pools, ...wishes }: Wishes = {},
  options: Pick<EvaluateOptions, "preview"> = {},
): Promise<Graph> {
  return evaluate(() => {
    const region = "eu-central-1";
    const network = new Network("network", {
      cidr: "10.0.0.0/16",
      region,
      nat: "single",
      flowLogs: undefined,
    });
    const cluster = new EksCluster("cluster", {
      clusterName: "spark-test",
      version: "1.35",
      region,
      network,
      admins,
      viewers,
      publicAccessCidrs: ["203.0.113.0/24"],
      logRetentionDays: 30,
      protect: false,
      ...wishes,
    });
    const { provider, podIdentity, jobPlacement, nodeRoleName, securityGroupId } = cluster;
    const limits = {
      platform: { cpu: "16", memory: "64Gi" },
      driver: { cpu: "32", memory: "128Gi" },
      executor: { cpu: "256", memory: "1Ti" },
    };
    const made = new NodePools(
      "pools",
      { cluster, network, pools: limits, trusted: [], protect: true, ...pools },
      { provider },
    );
    new k8s.core.v1.Namespace("team", {}, { provider: made.provider });
    const account = {
      namespace: "team",
      serviceAccount: "spark",
      roleArn: "arn:aws:iam::111122223333:role/jobs",
    };
    podIdentity.associate("jobs-identity", account, { retainOnDelete: true });
    const { trustPolicy } = podIdentity;
    return Promise.resolve({
      name: cluster.name,
      trustPolicy,
      jobPlacement,
      nodeRoleName,
      securityGroupId,
    });
  }, options);
}

/** Of the platform with no wishes, evaluated once. */
export const usual = eksGraph();

export const unknown = pulumi.runtime.unknownValue;
