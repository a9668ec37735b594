/** A way into a registry that lasts as long as one run. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackRegistry } from "./stack-registry.ts";

/** What an engine needs to be let in. */
export interface RegistryAccess {
  /** `HOST` or `HOST:PORT` */
  readonly host: string;
  /** Folder of `config.json`: the credentials as docker and buildah write them down. */
  readonly credentials: string;
  /** Folder of `ca.crt`, the authority to trust. Absent where everybody does so anyway. */
  readonly authority?: string;
}

/**
 * Gives access while `use` runs; the authority's certificate, which is no secret, stays in `authorities`.
 * The credentials are written here and not by `docker login`, which puts them in the keychain of whoever runs this.
 */
export async function withAccess<T>(
  registry: StackRegistry,
  authorities: string,
  use: (access: RegistryAccess) => Promise<T>,
): Promise<T> {
  const { host, username, password, certificateAuthority } = registry;
  const authority = join(authorities, host);
  if (certificateAuthority !== undefined) {
    await mkdir(authority, { recursive: true });
    await writeFile(join(authority, "ca.crt"), certificateAuthority);
  }
  // A folder that nobody else may look into.
  const credentials = await mkdtemp(join(tmpdir(), "registry-access-"));
  try {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    const config = JSON.stringify({ auths: { [host]: { auth } } });
    await writeFile(join(credentials, "config.json"), config, { mode: 0o600 });
    return await use({ host, credentials, ...(certificateAuthority !== undefined && { authority }) });
  } finally {
    await rm(credentials, { recursive: true, force: true });
  }
}
