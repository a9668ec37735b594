import * as pulumi from "@pulumi/pulumi";

import type { Registry, RegistryUser } from "./registry.ts";

export interface ExistingRegistryArgs {
  /** `HOST` or `HOST:PORT`. */
  readonly host: string;
  /** Who may pull. Default: everybody may. */
  readonly pull?: RegistryUser | undefined;
  /** Who may push. Default: whoever pushes brings credentials of their own. */
  readonly push?: RegistryUser | undefined;
  /** PEM of the authority that signed its certificate. Default: one that everybody trusts. */
  readonly certificateAuthority?: string | undefined;
}

/** A registry that somebody else runs: it makes nothing, and says how the platform gets in. */
export function existingRegistry(args: ExistingRegistryArgs): Registry {
  const { host, pull, push, certificateAuthority } = args;
  const authority = certificateAuthority === undefined ? undefined : pulumi.output(certificateAuthority);
  return { host, pull, push, certificateAuthority: authority, ready: [] };
}
