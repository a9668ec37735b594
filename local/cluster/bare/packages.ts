import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { capture } from "../../../images/process.ts";
import { runProgram } from "../../process.ts";
import type { Say } from "../cluster.ts";
import { cacheFolder } from "./facts.ts";
import { timed } from "./timed.ts";

/** Debian packages that the node and its images need. They stay when the node goes. */
export const packages = [
  "buildah",
  "ca-certificates",
  "conntrack",
  "containerd",
  "containernetworking-plugins",
  "debian-archive-keyring",
  "debootstrap",
  "iproute2",
  "iptables",
  "mount",
  "openssl",
  "python3",
  "python3-pip",
  "python3-venv",
  "runc",
] as const;

/** Those of the packages that `dpkg-query` does not list as installed. Pure. */
export function missingPackages(listed: string): readonly string[] {
  const installed = new Set(
    listed.split("\n").flatMap((line) => {
      const [name = "", status] = line.split(" ");
      return status === "installed" ? [name] : [];
    }),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Installs the packages that are missing, if any. */
export async function installPackages(say: Say, signal: AbortSignal): Promise<void> {
  const format = "-f=${Package} ${db:Status-Status}\\n";
  const listed = await capture("dpkg-query", ["-W", format, ...packages], { signal });
  const missing = missingPackages(listed?.stdout ?? "");
  if (missing.length === 0) return;
  say(`Debian packages: ${missing.join(", ")}`);
  await timed(say, "Debian packages: installed", async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await runProgram("apt-get", ["update", "-q"], { env, signal });
    const install = ["install", "-y", "-q", "--no-install-recommends", ...missing];
    await runProgram("apt-get", install, { env, signal });
  });
}

/**
 * The registry that the node pulls from: Debian's, unpacked and not installed, since its package starts a server at
 * a port that many a machine has another use for. Returns its path.
 */
export async function fetchRegistry(say: Say, signal: AbortSignal): Promise<string> {
  const folder = join(cacheFolder, "registry");
  const program = join(folder, "usr/bin/docker-registry");
  if (existsSync(program)) return program;
  await timed(say, "registry: fetched", async () => {
    await mkdir(cacheFolder, { recursive: true });
    const fresh = await mkdtemp(join(cacheFolder, "registry-"));
    await runProgram("apt-get", ["update", "-q"], { signal });
    await runProgram("apt-get", ["download", "-q", "docker-registry"], { cwd: fresh, signal });
    const [file = ""] = await readdir(fresh);
    await runProgram("dpkg-deb", ["-x", join(fresh, file), fresh], { signal });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  });
  return program;
}
