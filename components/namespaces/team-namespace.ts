import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import type { Registry } from "../registry/registry.ts";
import { NamespaceSecrets } from "../secrets/namespace-secrets.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { driverRole } from "./driver-role.ts";
import { namespaceLabels } from "./namespace-labels.ts";
import { sparkNetwork } from "./spark-network.ts";
import { teamLimits, type TeamQuota } from "./team-limits.ts";

/** A namespace that Spark jobs run in, as jobs see it. */
export interface JobNamespace {
  readonly namespace: pulumi.Output<string>;
  /** The account that drivers run as. */
  readonly serviceAccount: string;
  readonly imagePullSecrets: readonly string[];
  /** What must exist before a job is submitted. */
  readonly ready: readonly pulumi.Resource[];
}

export interface TeamNamespaceArgs {
  /** The namespace's name. */
  readonly namespace: string;
  readonly dns: ClusterDns;
  readonly store: ObjectStore;
  /** The registry that its pods pull images from. Default: one that needs no credentials. */
  readonly registry?: Registry | undefined;
  readonly quota: TeamQuota;
  /** Address ranges (CIDR) outside of the cluster that jobs may reach. */
  readonly egress: readonly string[];
}

/**
 * A team's namespace: pods under Pod Security `restricted`, a service account for drivers with the least rights, a
 * quota, defaults for pods that name no resources, network policies, and the keys of the `jobs` identity.
 * The operator and its rights in the namespace are the operator's component's.
 *
 *     new TeamNamespace("analytics", { namespace: "analytics", dns, store, quota, egress: ["10.1.0.0/16"] });
 */
export class TeamNamespace extends pulumi.ComponentResource implements JobNamespace {
  readonly namespace: pulumi.Output<string>;
  readonly serviceAccount = "spark";
  readonly imagePullSecrets: readonly string[];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: TeamNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:namespaces:TeamNamespace", name, {}, opts);
    const child = { parent: this };
    const access = args.store.access("jobs");
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: args.namespace, labels: namespaceLabels("team", "restricted") } },
      child,
    );
    this.namespace = namespace.metadata.name;
    const secrets = new NamespaceSecrets(
      `${name}-secrets`,
      { namespace: this.namespace, access, registry: args.registry },
      child,
    );
    this.imagePullSecrets = secrets.imagePullSecrets;
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: { name: this.serviceAccount, namespace: this.namespace },
        imagePullSecrets: this.imagePullSecrets.map((secret) => ({ name: secret })),
      },
      child,
    );
    access.bind(name, { namespace: this.namespace, serviceAccount: account.metadata.name }, child);
    driverRole(name, { namespace: this.namespace, serviceAccount: account.metadata.name }, child);
    teamLimits(name, this.namespace, args.quota, child);
    sparkNetwork(
      name,
      { namespace: this.namespace, dns: args.dns, store: args.store.network, egress: args.egress },
      child,
    );
    this.ready = [this];
    this.registerOutputs({ namespace: this.namespace });
  }
}
