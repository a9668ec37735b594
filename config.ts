import * as pulumi from "@pulumi/pulumi";

import type { ExistingClusterArgs } from "./components/cluster/existing-cluster.ts";
import type { ClusterExposure } from "./components/ingress/exposure.ts";
import type { UiConfig } from "./components/ingress/user-interface.ts";
import type { RegistryConfig } from "./components/registry/create-registry.ts";
import { inClusterHost } from "./components/registry/in-cluster-registry.ts";
import { platformFolder, type RegistryUser } from "./components/registry/registry.ts";
import type { StorageConfig } from "./components/storage/create-object-store.ts";
import type { S3Keys } from "./components/storage/object-store.ts";
import { rows } from "./images/versions.ts";
import { formatViolations, type JobDefaults, type Violation } from "./jobs/manifest/index.ts";
import { checkStack } from "./stacks/check.ts";
import type { DeclaredJob } from "./stacks/jobs.ts";
import type { StackSettings } from "./stacks/schema.ts";

/** All that a stack decides, checked: what is here can be built. */
export interface PlatformConfig {
  readonly cluster: ExistingClusterArgs;
  /** Registry and folder of the platform's images. */
  readonly imageRegistry: string;
  readonly storage: StorageConfig;
  readonly registry: RegistryConfig;
  readonly namespaces: StackSettings["namespaces"];
  readonly operator: StackSettings["operator"];
  /** Undefined: there are no pages, and no History Server. */
  readonly ui: UiConfig | undefined;
  readonly jobDefaults: JobDefaults;
  readonly jobs: readonly DeclaredJob[];
}

/**
 * Reads and checks the stack's configuration, before any resource is registered. Nothing else reads it.
 * @throws pulumi.RunError that lists every problem: the key, what is wrong, and what would be right.
 */
export function loadConfig(): PlatformConfig {
  const versions = rows.map((row) => row.spark);
  const checked = checkStack(readStack(), versions);
  if (!checked.ok) throw configError(checked.violations);
  const { settings, jobDefaults, jobs, objects } = checked.value;
  const { cluster, images, registry } = settings;
  return {
    cluster: {
      kubeconfig:
        cluster.kubeconfig === undefined ? cluster.kubeconfigPath : pulumi.secret(cluster.kubeconfig),
      context: cluster.context,
      identifier: cluster.identifier ?? cluster.context ?? pulumi.getStack(),
    },
    imageRegistry: images.registry ?? `${registryHost(registry)}/${platformFolder}`,
    storage: storageConfig(settings.storage, objects),
    registry: registryConfig(registry),
    namespaces: settings.namespaces,
    operator: settings.operator,
    ui: uiConfig(settings),
    jobDefaults,
    jobs,
  };
}

/**
 * The stack's own keys, without the project's name. They are read raw, since pulumi.Config tells neither unknown keys
 * nor more than one problem; secrets among them become secrets again in `loadConfig`.
 */
function readStack(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), parseValue(value)]));
}

/** Objects and lists arrive as JSON; all keys but `target` are such. */
function parseValue(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function storageConfig(
  storage: StackSettings["storage"],
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
    },
  };
}

/** The host before images that the stack's registry keeps. */
function registryHost(registry: StackSettings["registry"]): string {
  switch (registry.kind) {
    case "none":
      return "localhost";
    case "existing":
      return registry.host;
    case "in-cluster":
      return inClusterHost(registry);
  }
}

function registryConfig(registry: StackSettings["registry"]): RegistryConfig {
  if (registry.kind !== "existing") return registry;
  const user = (given: (typeof registry)["pull"]): RegistryUser | undefined =>
    given && { username: given.username, password: pulumi.secret(given.password) };
  return { ...registry, pull: user(registry.pull), push: user(registry.push) };
}

function uiConfig({ ui, history }: StackSettings): UiConfig | undefined {
  if (ui.kind === "none") return undefined;
  const { identity } = ui;
  return {
    host: ui.host,
    exposure: exposureOf(ui),
    certificate: ui.certificate,
    identity:
      identity.kind === "dex"
        ? { ...identity, exposure: exposureOf(ui, identity.nodePort) }
        : { ...identity, clientSecret: pulumi.secret(identity.clientSecret) },
    allowed: ui.allowed,
    adminGroup: ui.adminGroup,
    history,
  };
}

/** How the pages are reached; what else faces browsers is reached alike, at another port. */
function exposureOf(ui: Exclude<StackSettings["ui"], { kind: "none" }>, port?: number): ClusterExposure {
  switch (ui.kind) {
    case "node-port":
      return { kind: "node-port", port: port ?? ui.nodePort };
    case "load-balancer":
      return { kind: "load-balancer" };
    case "ingress":
      return { kind: "ingress", className: ui.ingressClass };
  }
}

function secretKeys(keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): S3Keys {
  return {
    accessKeyId: pulumi.output(keys.accessKeyId),
    secretAccessKey: pulumi.secret(keys.secretAccessKey),
  };
}

/** RunError: the engine shows its message alone, without a stack trace. */
function configError(violations: readonly Violation[]): pulumi.RunError {
  const located = violations.map((violation) => ({
    ...violation,
    path: `${pulumi.getProject()}:${violation.path}`,
  }));
  return new pulumi.RunError(
    `the configuration of stack ${pulumi.getStack()} is not right, ${formatViolations(located)}`,
  );
}
