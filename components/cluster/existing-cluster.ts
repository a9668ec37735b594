import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { clusterProvider } from "./cluster-provider.ts";
import { clusterDns, type ClusterDns } from "./cluster-dns.ts";
import type { Cluster } from "./cluster.ts";

/** NodeLocal DNSCache: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/. It never leaves the node. */
const nodeLocalDns = "169.254.20.10/32";

export interface ExistingClusterArgs {
  /**
   * The kubeconfig: its text (a secret), or the path of a file.
   * Default: the ambient one, `$KUBECONFIG` or `~/.kube/config`.
   */
  readonly kubeconfig?: pulumi.Input<string> | undefined;
  /** The kubeconfig's context. Default: its current context. */
  readonly context?: string | undefined;
  /**
   * What makes this cluster the same cluster in the eyes of Pulumi. While it stays, new credentials or another
   * address of the API server replace nothing; when it changes, everything is made anew in the other cluster.
   */
  readonly identifier: string;
  /** Address ranges (CIDR) at which names are answered beside the pods of the cluster's DNS and NodeLocal DNSCache. */
  readonly dns: readonly string[];
}

/**
 * A cluster that somebody else has made: kind on a laptop, on-premises, another cloud.
 * It creates no cluster, only the provider that all other components use.
 *
 *     const cluster = new ExistingCluster("cluster", { context: "kind-spark", identifier: "kind-spark", dns: [] });
 *     new k8s.core.v1.Namespace("team", {}, { provider: cluster.provider });
 */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly dns: ClusterDns;
  readonly podIdentity = undefined;
  readonly jobPlacement = undefined;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:cluster:ExistingCluster", name, {}, opts);
    const address = {
      ...(args.kubeconfig !== undefined && { kubeconfig: args.kubeconfig }),
      ...(args.context !== undefined && { context: args.context }),
      clusterIdentifier: args.identifier,
    };
    this.provider = clusterProvider(`${name}-provider`, address, { parent: this });
    this.dns = clusterDns([nodeLocalDns, ...args.dns]);
    this.registerOutputs({ provider: this.provider });
  }
}
