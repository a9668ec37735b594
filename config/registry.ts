import * as pulumi from "@pulumi/pulumi";

import type { ExistingRegistryArgs } from "../components/registry/existing-registry.ts";
import { inClusterHost } from "../components/registry/in-cluster-registry.ts";
import type { RegistryUser } from "../components/registry/registry.ts";
import type { StackSettings } from "../stacks/schema.ts";

type RegistrySettings = StackSettings["registry"];
type Existing = Extract<RegistrySettings, { kind: "existing" }>;

/** The host before images that the stack's registry keeps. */
export function registryHost(registry: RegistrySettings): string {
  switch (registry.kind) {
    case "none":
      return "localhost";
    case "existing":
    case "vm":
      return registry.host;
    case "in-cluster":
      return inClusterHost(registry);
  }
}

/** A registry that exists, with its passwords as secrets. */
export function existingRegistryConfig(
  registry: Existing,
): { readonly kind: "existing" } & ExistingRegistryArgs {
  const user = (given: Existing["pull"]): RegistryUser | undefined =>
    given && { username: given.username, password: pulumi.secret(given.password) };
  return { ...registry, pull: user(registry.pull), push: user(registry.push) };
}
