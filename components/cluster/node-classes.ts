import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** What of a cluster its nodes are made with. */
export interface NodeCluster {
  /** Name of the role that nodes have, which the cluster lets in. */
  readonly nodeRoleName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
}

export interface NodeClassArgs {
  readonly cluster: NodeCluster;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Certificates, in PEM, of authorities that nodes trust beside the public ones when they pull images. */
  readonly trusted: readonly pulumi.Input<string>[];
  /** Of the volume for images, logs and what pods write outside of other volumes: `80Gi`. */
  readonly storage: string;
}

/**
 * How Auto Mode makes nodes. Their volumes are encrypted with the account's key for EBS.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
 */
export function nodeClass(
  name: string,
  metadataName: string,
  args: NodeClassArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { cluster, subnetIds, trusted, storage } = args;
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: metadataName },
      spec: {
        role: cluster.nodeRoleName,
        subnetSelectorTerms: subnetIds.map((id) => ({ id })),
        securityGroupSelectorTerms: [{ id: cluster.securityGroupId }],
        // What no policy is about may talk; the policies of our namespaces deny all else themselves.
        networkPolicy: "DefaultAllow",
        ephemeralStorage: { size: storage },
        ...(trusted.length > 0 && {
          certificateBundles: trusted.map((pem, index) => ({
            name: `authority-${index + 1}`,
            data: pulumi.output(pem).apply((text) => Buffer.from(text).toString("base64")),
          })),
        }),
      },
    },
    opts,
  );
}
