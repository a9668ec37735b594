import * as pulumi from "@pulumi/pulumi";

import type { GatewayConfig } from "../components/gateway/gateway.ts";
import type { ClusterExposure } from "../components/ingress/exposure.ts";
import type { UiConfig } from "../components/ingress/user-interface.ts";
import type { StorageConfig } from "../components/storage/create-object-store.ts";
import type { S3Keys } from "../components/storage/object-store.ts";
import type { KubeconfigTargetArgs } from "../components/target/kubeconfig-target.ts";
import type { KubeconfigSettings } from "../stacks/schema.ts";
import { defaultPagesHost } from "../stacks/pages-host.ts";
import { postgresConfig } from "./gateway.ts";
import { oidcConfig } from "./oidc.ts";
import { existingRegistryConfig } from "./registry.ts";

/** What a stack says of a cluster that exists, with its secrets as such. */
export function kubeconfigConfig(
  settings: KubeconfigSettings,
  objects: Readonly<Record<string, string>>,
): KubeconfigTargetArgs {
  const { cluster, registry } = settings;
  return {
    kind: "kubeconfig",
    cluster: {
      kubeconfig:
        cluster.kubeconfig === undefined ? cluster.kubeconfigPath : pulumi.secret(cluster.kubeconfig),
      context: cluster.context,
      identifier: cluster.identifier ?? cluster.context ?? pulumi.getStack(),
      dns: cluster.dns,
    },
    storage: storageConfig(settings.storage, objects),
    registry: registry.kind === "existing" ? existingRegistryConfig(registry) : registry,
    ui: uiConfig(settings),
    gateway: gatewayConfig(settings),
  };
}

function storageConfig(
  storage: KubeconfigSettings["storage"],
  objects: Readonly<Record<string, string>>,
): StorageConfig {
  if (storage.kind === "in-cluster") return { ...storage, objects };
  const { admin, ...keys } = storage.keys;
  return {
    ...storage,
    objects,
    adminKeys: secretKeys(admin),
    keys: {
      jobs: secretKeys(keys.jobs),
      history: secretKeys(keys.history),
      operator: secretKeys(keys.operator),
      registry: secretKeys(keys.registry),
      gateway: secretKeys(keys.gateway),
    },
  };
}

function uiConfig({ ui, history }: KubeconfigSettings): UiConfig | undefined {
  if (ui.kind === "none") return undefined;
  const { identity } = ui;
  return {
    host: ui.host,
    pagesHost: ui.pagesHost ?? defaultPagesHost(ui.host),
    exposure: exposureOf(ui),
    certificate: ui.certificate,
    identity:
      identity.kind === "dex"
        ? { ...identity, exposure: exposureOf(ui, identity.nodePort) }
        : oidcConfig(identity),
    allowed: ui.allowed,
    adminGroup: ui.adminGroup,
    history,
  };
}

function gatewayConfig({ gateway }: KubeconfigSettings): GatewayConfig | undefined {
  if (gateway.kind === "none") return undefined;
  const { host, limits, registerToken, serviceAccounts, certificate, database } = gateway;
  return {
    host,
    limits,
    registerToken,
    serviceAccounts,
    exposure: gatewayExposure(gateway),
    certificate,
    database: database.kind === "postgres" ? postgresConfig(database.url) : database,
  };
}

type Reached = Exclude<KubeconfigSettings["ui"] | KubeconfigSettings["gateway"], { kind: "none" }>;

/** How a server is reached; what else faces browsers is reached as the pages are, at another port. */
function exposureOf(server: Reached, port?: number): ClusterExposure {
  switch (server.kind) {
    case "node-port":
      return { kind: "node-port", port: port ?? server.nodePort };
    case "load-balancer":
      return { kind: "load-balancer" };
    case "ingress":
      return { kind: "ingress", className: server.ingressClass };
  }
}

/** As `exposureOf`, with the proxy that is before it, where the stack names one. */
function gatewayExposure(gateway: Exclude<KubeconfigSettings["gateway"], { kind: "none" }>): ClusterExposure {
  const exposure = exposureOf(gateway);
  if (exposure.kind !== "ingress" || gateway.kind !== "ingress") return exposure;
  return { ...exposure, controllerNamespace: gateway.controllerNamespace };
}

function secretKeys(keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): S3Keys {
  return {
    accessKeyId: pulumi.output(keys.accessKeyId),
    secretAccessKey: pulumi.secret(keys.secretAccessKey),
  };
}
