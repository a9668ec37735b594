import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** How to reach a cluster: the fields of a provider that differ from cluster to cluster. */
export type ClusterAddress = Pick<k8s.ProviderArgs, "kubeconfig" | "context"> & {
  /** While it stays, it is the same cluster, whatever its address. When it changes, all in it is made anew. */
  readonly clusterIdentifier: pulumi.Input<string>;
};

/** The one provider of everything in a cluster. */
export function clusterProvider(
  name: string,
  address: ClusterAddress,
  opts: pulumi.ResourceOptions,
): k8s.Provider {
  return new k8s.Provider(
    name,
    {
      ...address,
      // A new password changes the secret in its place. Otherwise the secret would go before its next form comes, and
      // a pull in between would find none.
      enableSecretMutable: true,
    },
    opts,
  );
}
