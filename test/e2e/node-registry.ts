import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const hosts = "/etc/hosts";
const mark = "# spark-platform e2e";

/** A registry that this machine, which is the cluster's node, is to trust. */
export interface NodeRegistry {
  /** `HOST` or `HOST:PORT`, as in the names of images. */
  readonly host: string;
  /** PEM of all authorities to trust. */
  readonly authorities: readonly string[];
}

/** Makes names resolve on this machine, and no longer those of an earlier call. Returns the way back. */
export function resolveNames(addresses: Readonly<Record<string, string>>): () => void {
  const lines = Object.entries(addresses).map(([name, address]) => `${address} ${name} ${mark}\n`);
  // In place: in a container the file is a mount of its own.
  writeFileSync(hosts, `${withoutOurs()}${lines.join("")}`);
  return () => {
    writeFileSync(hosts, withoutOurs());
  };
}

function withoutOurs(): string {
  const lines = readFileSync(hosts, "utf8").split("\n");
  return lines.filter((line) => !line.endsWith(mark)).join("\n");
}

/**
 * What docs/runbooks/registry.md asks of an administrator, done on the node: containerd trusts the registry's authority
 * and no other, and reads that at the next pull. Returns the way back.
 */
export function trustRegistry(certsDir: string, { host, authorities }: NodeRegistry): () => void {
  const folder = path.join(certsDir, host);
  mkdirSync(folder, { recursive: true });
  const files = authorities.map((pem, index) => {
    const file = path.join(folder, `ca-${index}.crt`);
    writeFileSync(file, pem);
    return file;
  });
  // Not below `[host…]`: what such a host does not have is asked of the server once more, without its authorities.
  const toml = [`server = "https://${host}"`, `ca = ${JSON.stringify(files)}`];
  writeFileSync(path.join(folder, "hosts.toml"), `${toml.join("\n")}\n`);
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
