import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The class of volumes that pods of an EKS cluster in Auto Mode get, which comes with none of its own: disks of EBS,
 * encrypted, each in the zone of the pod that asked first
 * (https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html).
 * Returns its name.
 */
export function volumeClass(
  name: string,
  args: {
    /** Whether disks outlive who asked for them. */
    readonly protect: boolean;
  },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { metadata } = new k8s.storage.v1.StorageClass(
    `${name}-volumes`,
    {
      metadata: { name: "spark-platform" },
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { type: "gp3", encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: args.protect ? "Retain" : "Delete",
    },
    opts,
  );
  return metadata.name;
}
