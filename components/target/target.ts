import type * as pulumi from "@pulumi/pulumi";

import type { JobPlacement } from "../../jobs/manifest/index.ts";
import type { PrivateCa } from "../certificates/private-ca.ts";
import type { ClusterDns } from "../cluster/cluster-dns.ts";
import type { GatewayConfig } from "../gateway/gateway.ts";
import type { UiConfig } from "../ingress/user-interface.ts";
import type { Registry } from "../registry/registry.ts";
import type { ObjectStore, S3Purpose } from "../storage/object-store.ts";

/** What the platform stands on, wherever that is. */
export interface Target {
  /** The nodes that are kept for jobs. Undefined: jobs share the nodes with everything else. */
  readonly jobPlacement: JobPlacement | undefined;
  /** The cluster's DNS. */
  readonly dns: ClusterDns;
  /** The providers of all that is made on it: nothing falls back to what the environment says. */
  readonly providers: readonly pulumi.ProviderResource[];
  readonly store: ObjectStore;
  /** Undefined: images are in registries that need nothing of the stack. */
  readonly registry: Registry | undefined;
  /** The stack's own authority, made when it is first asked for. */
  readonly authority: () => PrivateCa;
  /** The pages, and how browsers reach them here. Undefined: there are none. */
  readonly ui: UiConfig | undefined;
  /** The API, and how clients reach it here. Undefined: there is none. */
  readonly gateway: GatewayConfig | undefined;
  /** What people need to know of the account's part. Undefined where there is no such part. */
  readonly aws: AwsOutput | undefined;
}

/** The stack's output `aws`. */
export interface AwsOutput {
  /** For `aws eks update-kubeconfig --name`. */
  readonly clusterName: pulumi.Input<string>;
  readonly region: string;
  /** What the zone above must name for the stack's own zone, as NS records. Absent where the zone was there before. */
  readonly nameServers?: pulumi.Output<string[]>;
  /** Purpose -> key pair of the bucket's user, for clients outside of AWS. A secret. */
  readonly storageKeys: pulumi.Output<Partial<Record<S3Purpose, KeyPair>>>;
}

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
