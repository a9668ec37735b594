import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { iamPath } from "../iam.ts";

export interface EksRole {
  readonly role: aws.iam.Role;
  /** The role's rights, which must be there before it is used and until it is used no more. */
  readonly policies: readonly pulumi.Resource[];
}

/**
 * What EKS does in this account by itself: nodes, volumes, load balancers, network interfaces.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
export function clusterRole(name: string, opts: pulumi.CustomResourceOptions): EksRole {
  const policies = [
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
  ];
  return eksRole(name, iamPath(), "eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], policies, opts);
}

/**
 * What a node does: get its pods their identity, and pull from registries of AWS. Pods cannot take it, since in Auto
 * Mode the metadata service answers the node alone (hop limit 1).
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
 */
export function nodeRole(name: string, opts: pulumi.CustomResourceOptions): EksRole {
  const policies = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];
  // No path: a NodeClass knows the role by its name alone.
  return eksRole(name, "/", "ec2.amazonaws.com", ["sts:AssumeRole"], policies, opts);
}

function eksRole(
  name: string,
  path: string,
  service: string,
  actions: readonly string[],
  managedPolicies: readonly string[],
  opts: pulumi.CustomResourceOptions,
): EksRole {
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }],
  };
  const role = new aws.iam.Role(name, { path, assumeRolePolicy: JSON.stringify(trustPolicy) }, opts);
  const policies = managedPolicies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        opts,
      ),
  );
  return { role, policies };
}
