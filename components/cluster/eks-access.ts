import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What an identity of AWS is to a cluster. https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html */
interface Access {
  readonly type: "STANDARD" | "EC2";
  /** One of EKS's own, for the whole cluster. */
  readonly policy: "AmazonEKSClusterAdminPolicy" | "AmazonEKSAdminViewPolicy" | "AmazonEKSAutoNodePolicy";
}

const admin: Access = { type: "STANDARD", policy: "AmazonEKSClusterAdminPolicy" };
/** Sees everything, secrets too, and changes nothing. */
const viewer: Access = { type: "STANDARD", policy: "AmazonEKSAdminViewPolicy" };
/** Ours to make, since we have none of EKS's own pools: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html */
const node: Access = { type: "EC2", policy: "AmazonEKSAutoNodePolicy" };

export interface EksAccessArgs {
  readonly admins: readonly string[];
  readonly viewers: readonly string[];
  readonly nodeRoleArn: pulumi.Input<string>;
}

/** Account and name: what differs between ARNs of IAM. */
function inShort(arn: string): string {
  return arn.split(":").slice(4).join("-");
}

/**
 * Lets administrators in, viewers, and nodes of this role. Nobody else gets in, not even who made the cluster.
 * @returns what must be there before anybody talks to the cluster
 */
export function eksAccess(
  name: string,
  clusterName: pulumi.Input<string>,
  { admins, viewers, nodeRoleArn }: EksAccessArgs,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const allow = (who: string, principalArn: pulumi.Input<string>, { type, policy }: Access) => {
    const entry = new aws.eks.AccessEntry(`${name}-${who}`, { clusterName, principalArn, type }, opts);
    return new aws.eks.AccessPolicyAssociation(
      `${name}-${who}`,
      {
        clusterName,
        // The entry's, since it comes first.
        principalArn: entry.principalArn,
        policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
        accessScope: { type: "cluster" },
      },
      opts,
    );
  };
  return [
    allow("nodes", nodeRoleArn, node),
    ...admins.map((arn) => allow(`admin-${inShort(arn)}`, arn, admin)),
    ...viewers.map((arn) => allow(`viewer-${inShort(arn)}`, arn, viewer)),
  ];
}
