import type * as pulumi from "@pulumi/pulumi";

import type { Registry, RegistryUser } from "./registry.ts";

/** The stack's output `registry`. `npm run images -- --push` reads it (images/stack-registry.ts). */
export interface RegistryOutput {
  /** Registry and folder of the platform's own images, wherever they are. */
  readonly platformImages: string;
  /** `HOST` or `HOST:PORT` of the stack's registry. Absent where there is none. */
  readonly host?: string;
  /** PEM of the authority that nodes and clients must trust. Absent where they do so anyway. */
  readonly certificateAuthority?: pulumi.Output<string>;
  /** Who may push; the password is a secret. Absent where the stack does not know. */
  readonly push?: RegistryUser;
}

/** What those who push need to know. */
export function registryOutput(registry: Registry | undefined, platformImages: string): RegistryOutput {
  if (registry === undefined) return { platformImages };
  const { host, certificateAuthority, push } = registry;
  return {
    platformImages,
    host,
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(push !== undefined && { push }),
  };
}
