import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Where a server in the cluster keeps its data. */
export type DataVolume =
  | {
      /** A claim on a storage class. Default class: the cluster's own. */
      readonly kind: "claim";
      readonly size: string;
      readonly storageClass?: pulumi.Input<string> | undefined;
    }
  | {
      /** A folder of one node, for clusters without a storage class. The folder must exist. */
      readonly kind: "node";
      readonly path: string;
      readonly node: string;
      readonly size: string;
    };

/**
 * The claim, of that name, that holds a server's data. A folder of a node comes as a `local` volume, which Pod Security
 * `restricted` admits and whose group the kubelet sets; a hostPath in the pod would be neither.
 */
export function dataVolume(
  name: string,
  args: { readonly namespace: pulumi.Input<string>; readonly claimName: string; readonly volume: DataVolume },
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.PersistentVolumeClaim {
  const { namespace, claimName, volume } = args;
  const claim = (
    spec: k8s.types.input.core.v1.PersistentVolumeClaimSpec,
  ): k8s.core.v1.PersistentVolumeClaim =>
    new k8s.core.v1.PersistentVolumeClaim(
      `${name}-data`,
      {
        metadata: {
          name: claimName,
          namespace,
          // Many classes bind only when a pod asks: waiting for the bond here would wait for ever.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: volume.size } }, ...spec },
      },
      opts,
    );
  if (volume.kind === "claim") {
    return claim(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass });
  }
  const persistentVolume = new k8s.core.v1.PersistentVolume(
    `${name}-node-volume`,
    {
      metadata: { name: `spark-${claimName}` },
      spec: {
        accessModes: ["ReadWriteOnce"],
        capacity: { storage: volume.size },
        storageClassName: "",
        persistentVolumeReclaimPolicy: "Retain",
        local: { path: volume.path },
        claimRef: { namespace, name: claimName },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [volume.node] }],
              },
            ],
          },
        },
      },
    },
    opts,
  );
  return claim({ storageClassName: "", volumeName: persistentVolume.metadata.name });
}
