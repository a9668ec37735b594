import { sharedCa } from "../certificates/shared-ca.ts";
import { ExistingCluster, type ExistingClusterArgs } from "../cluster/existing-cluster.ts";
import type { GatewayConfig } from "../gateway/gateway.ts";
import type { UiConfig } from "../ingress/user-interface.ts";
import { createRegistry, type RegistryConfig } from "../registry/create-registry.ts";
import { createObjectStore, type StorageConfig } from "../storage/create-object-store.ts";
import type { Target } from "./target.ts";

/** A cluster that exists, and what the platform uses there. */
export interface KubeconfigTargetArgs {
  readonly kind: "kubeconfig";
  readonly cluster: ExistingClusterArgs;
  readonly storage: StorageConfig;
  readonly registry: RegistryConfig;
  /** Undefined: there are no pages, and no History Server. */
  readonly ui: UiConfig | undefined;
  /** Undefined: there is no API. */
  readonly gateway: GatewayConfig | undefined;
}

/** The platform's ground in a cluster that somebody else has made. */
export function kubeconfigTarget(args: KubeconfigTargetArgs): Target {
  const cluster = new ExistingCluster("cluster", args.cluster);
  const providers = [cluster.provider];
  const opts = { providers };
  const store = createObjectStore("store", args.storage, cluster.dns, opts);
  const authority = sharedCa("ca");
  const registry = createRegistry("registry", args.registry, cluster.dns, store, authority, opts);
  return {
    jobPlacement: cluster.jobPlacement,
    dns: cluster.dns,
    providers,
    store,
    registry,
    authority,
    ui: args.ui,
    gateway: args.gateway,
    aws: undefined,
  };
}
