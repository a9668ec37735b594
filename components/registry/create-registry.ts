import type * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { ClusterDns } from "../cluster/cluster-dns.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { existingRegistry, type ExistingRegistryArgs } from "./existing-registry.ts";
import { InClusterRegistry } from "./in-cluster-registry.ts";
import type { PasswordNumbers } from "./registry-users.ts";
import type { Registry } from "./registry.ts";

/** Which registry the platform has. */
export type RegistryConfig =
  | { readonly kind: "none" }
  | ({ readonly kind: "existing" } & ExistingRegistryArgs)
  | {
      readonly kind: "in-cluster";
      readonly host: string;
      readonly nodePort?: number | undefined;
      readonly passwords: PasswordNumbers;
    };

/** The registry that the configuration asks for. `authority` makes the stack's authority when it is first asked for. */
export function createRegistry(
  name: string,
  config: RegistryConfig,
  dns: ClusterDns,
  store: ObjectStore,
  authority: () => PrivateCa,
  opts: pulumi.ComponentResourceOptions,
): Registry | undefined {
  switch (config.kind) {
    case "none":
      return undefined;
    case "existing":
      return existingRegistry(config);
    case "in-cluster":
      return new InClusterRegistry(name, { ...config, dns, store, ca: authority() }, opts);
  }
}
