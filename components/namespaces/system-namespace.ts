import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import type { Registry } from "../registry/registry.ts";
import { NamespaceSecrets } from "../secrets/namespace-secrets.ts";
import type { S3Access } from "../storage/object-store.ts";
import { namespaceLabels } from "./namespace-labels.ts";
import { denyAll } from "./network-rules.ts";

export interface SystemNamespaceArgs {
  /** The namespace's name. */
  readonly namespace: string;
  readonly dns: ClusterDns;
  /** Pod Security level. Default: `restricted`. */
  readonly level?: "restricted" | "baseline";
  /** The storage identity that pods of this namespace use. Default: none. */
  readonly access?: S3Access | undefined;
  /** The registry that its pods pull images from. Default: one that needs no credentials. */
  readonly registry?: Registry | undefined;
}

/**
 * A namespace of the platform's own parts: Pod Security, default deny on the network, and their secrets.
 *
 *     const system = new SystemNamespace("operator", { namespace: "spark-operator", dns, access });
 */
export class SystemNamespace extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  readonly imagePullSecrets: readonly string[];

  constructor(name: string, args: SystemNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:namespaces:SystemNamespace", name, {}, opts);
    const child = { parent: this };
    const labels = namespaceLabels("system", args.level ?? "restricted");
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: args.namespace, labels } },
      child,
    );
    this.namespace = namespace.metadata.name;
    denyAll(name, { namespace: this.namespace, dns: args.dns }, child);
    const secrets = new NamespaceSecrets(
      `${name}-secrets`,
      { namespace: this.namespace, access: args.access, registry: args.registry },
      child,
    );
    this.imagePullSecrets = secrets.imagePullSecrets;
    this.registerOutputs({ namespace: this.namespace });
  }
}
