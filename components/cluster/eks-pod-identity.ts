import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { PodIdentity } from "./cluster.ts";

/** EKS Pod Identity, whose agent runs on every node of Auto Mode: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html */
export function eksPodIdentity(cluster: aws.eks.Cluster): PodIdentity {
  return {
    trustPolicy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
          // EKS tags each session with the cluster it is for, so that no pod of another cluster gets it.
          // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
          Condition: { StringEquals: { "aws:RequestTag/eks-cluster-arn": cluster.arn } },
        },
      ],
    }),
    associate: (name, { namespace, serviceAccount, roleArn }, opts) =>
      new aws.eks.PodIdentityAssociation(
        name,
        { clusterName: cluster.name, namespace, serviceAccount, roleArn },
        opts,
      ),
  };
}
