import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { JobPlacement } from "../../jobs/manifest/index.ts";
import type { ClusterDns } from "./cluster-dns.ts";

/** A Kubernetes cluster that the platform is installed in. */
export interface Cluster {
  /** The one provider of every Kubernetes resource: nothing falls back to an ambient kubeconfig. */
  readonly provider: k8s.Provider;
  /** How pods get rights in the cloud without keys. Undefined: they cannot. */
  readonly podIdentity: PodIdentity | undefined;
  /** The cluster's DNS, which is all that every pod may reach. */
  readonly dns: ClusterDns;
  /** The nodes that are kept for jobs. Undefined: jobs share the nodes with everything else. */
  readonly jobPlacement: JobPlacement | undefined;
}

/** Rights in AWS for a service account: a role that trusts this cluster's pods, and an association of the two. */
export interface PodIdentity {
  /** Who may take such a role: pods of this cluster. JSON of a role's `assumeRolePolicy`. */
  readonly trustPolicy: pulumi.Output<string>;
  /** Gives the pods of a service account a role. Pods that start before it is there do not get it. */
  associate(
    name: string,
    association: PodIdentityAssociation,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
}

export interface PodIdentityAssociation {
  readonly namespace: pulumi.Input<string>;
  /** The service account's name. Neither it nor the namespace must be there already. */
  readonly serviceAccount: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
}
