import { existsSync } from "node:fs";
import { readFile, readdir, rm, unlink } from "node:fs/promises";
import { basename, join } from "node:path";

import { runProgram } from "../../process.ts";
import { capture } from "../../../images/process.ts";
import type { Say } from "../cluster.ts";
import { processesInCgroup, removeCgroup } from "./cgroups.ts";
import { cacheFolder, runFolder, stateFolder } from "./facts.ts";
import { removeNetwork } from "./network.ts";
import { readBefore } from "./node.ts";
import { endProcesses, ourProcesses } from "./processes.ts";
import { timed } from "./timed.ts";

/** Removes the node, whatever of it is there, and nothing else. */
export async function removeNode(say: Say): Promise<void> {
  const processes = await ourProcesses();
  if (processes.length === 0 && !existsSync(stateFolder) && !existsSync(runFolder)) return;
  await timed(say, "the node: removed", async () => {
    const before = await readBefore();
    const sockets = await shimSockets();
    // First what would start others again.
    const keepers = processes.filter(({ command }) => !isShim(command));
    await endProcesses(
      keepers.map(({ pid }) => pid),
      3_000,
    );
    await endProcesses(await processesInCgroup(), 0);
    const left = await ourProcesses();
    await endProcesses(
      left.map(({ pid }) => pid),
      0,
    );
    for (const socket of sockets) await unlink(socket).catch(() => undefined);
    await unmountBelow([stateFolder, runFolder]);
    await removeNetwork(before);
    await removeCgroup();
    await removeCniResults();
    await rm(runFolder, { recursive: true, force: true });
    await rm(stateFolder, { recursive: true, force: true });
  });
}

/** What stays, and how it would go. */
export async function sayWhatStays(say: Say): Promise<void> {
  if (!existsSync(cacheFolder)) return;
  const size = (await capture("du", ["-sh", cacheFolder]))?.stdout.split("\t")[0] ?? "";
  say(`what was compiled and fetched stays (${size}); to remove it: rm -rf ${cacheFolder}`);
  say("images stay in buildah's storage; to remove those that nothing uses: buildah rmi --prune --all");
}

function isShim(command: readonly string[]): boolean {
  return basename(command[0] ?? "").startsWith("containerd-shim");
}

/** containerd keeps the shims' sockets in a folder that all containerds share. */
async function shimSockets(): Promise<readonly string[]> {
  const tasks = join(runFolder, "containerd/io.containerd.runtime.v2.task/k8s.io");
  const ids = await readdir(tasks).catch(() => []);
  const addresses = ids.map((id) => readFile(join(tasks, id, "address"), "utf8").catch(() => ""));
  return (await Promise.all(addresses)).flatMap((one) => /^unix:\/\/(\S+)/.exec(one)?.[1] ?? []);
}

async function unmountBelow(folders: readonly string[]): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  for (const path of mountsBelow(mounts, folders)) await runProgram("umount", ["--lazy", path]);
}

/** Mount points below the folders, the innermost first, by /proc/self/mounts. Pure. */
export function mountsBelow(mounts: string, folders: readonly string[]): readonly string[] {
  return mounts
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replaceAll("\\040", " "))
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
    .reverse();
}

/** containerd's network library remembers each pod in a folder that all networks share: by network and pod. */
async function removeCniResults(): Promise<void> {
  const folder = "/var/lib/cni/results";
  const prefix = "spark-platform-local-";
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const pod = name.slice(prefix.length).replace(/-[^-]+$/, "");
    await rm(join(folder, `cni-loopback-${pod}-lo`), { force: true });
    await rm(join(folder, name), { force: true });
  }
}
