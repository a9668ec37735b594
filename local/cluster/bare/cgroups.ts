import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { messageOf } from "../../../images/errors.ts";
import { cgroup } from "./facts.ts";

const root = "/sys/fs/cgroup";

/** Where the node's cgroup is: once for each hierarchy of version 1, or once at all. */
async function folders(): Promise<readonly string[]> {
  if (existsSync(join(root, "cgroup.controllers"))) return [join(root, cgroup)];
  const names = await readdir(root);
  return names.map((name) => join(root, name, cgroup));
}

/** Makes the cgroup of all pods. kubelet wants it to be there. */
export async function makeCgroup(): Promise<void> {
  for (const folder of await folders()) await mkdir(folder, { recursive: true });
  const controllers = await readFile(join(root, "cgroup.controllers"), "utf8").catch(() => undefined);
  if (controllers === undefined) return;
  for (const name of controllers.trim().split(/\s+/)) {
    await writeFile(join(root, "cgroup.subtree_control"), `+${name}`);
    await writeFile(join(root, cgroup, "cgroup.subtree_control"), `+${name}`);
  }
}

/** The processes of all pods. */
export async function processesInCgroup(): Promise<readonly number[]> {
  const pids = new Set<number>();
  for (const folder of await folders()) {
    for (const group of await groups(folder)) {
      const text = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
      for (const pid of text.split("\n").filter((line) => line !== "")) pids.add(Number(pid));
    }
  }
  return [...pids];
}

/** Removes the cgroup, which is empty by now; the kernel may need a moment to see that. */
export async function removeCgroup(): Promise<void> {
  for (const folder of await folders()) {
    for (const group of (await groups(folder)).reverse()) {
      for (let attempt = 0; existsSync(group); attempt += 1) {
        const problem = await rmdir(group).then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
        if (problem !== undefined && attempt >= 100) throw new Error(`the cgroup ${group} stays: ${problem}`);
        if (problem !== undefined) await delay(50);
      }
    }
  }
}

/** A cgroup and all below it, parents first. */
async function groups(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return [folder, ...below.sort()];
}
