import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";

import { capture } from "../../../images/process.ts";
import { portProblems, whyNotListen } from "../ports.ts";
import { availableDiskGib, availableMemoryGib } from "../room.ts";
import { bridge, ports, stateFolder } from "./facts.ts";
import { networksOf, type Machine } from "./problems.ts";
import { markOf, ourProcesses } from "./processes.ts";
import { folderOf, tools } from "./tools.ts";

/** What matters of this machine. */
export async function readMachine(): Promise<Machine> {
  const linux = process.platform === "linux";
  const runs = linux && (await ourProcesses()).length > 0;
  const routes = linux ? await capture("ip", ["-4", "route", "show", "table", "all"]) : undefined;
  return {
    platform: process.platform,
    architecture: process.arch,
    root: process.getuid?.() === 0,
    apt: existsSync("/usr/bin/apt-get"),
    runs,
    built: tools.every((tool) => existsSync(folderOf(tool))),
    memoryGib: availableMemoryGib(),
    diskGib: await availableDiskGib(stateFolder),
    ports: [...(await portProblems(Object.values(ports))), ...(await dnsProblem())],
    routes: networksOf(routes?.stdout ?? "", bridge),
    kubernetes: linux ? await findKubernetes() : undefined,
  };
}

/** A server at all addresses takes the one of the bridge, too; one at 127.0.0.1 alone does not. */
async function dnsProblem(): Promise<readonly string[]> {
  if ((await whyNotListen(53, "127.98.0.1")) !== "EADDRINUSE") return [];
  return [
    "port 53 is in use at all addresses, and the node's DNS needs one: stop it, or have it listen at 127.0.0.1",
  ];
}

/** What shows that there is a Kubernetes that is not this node. One in a container has a network of its own. */
async function findKubernetes(): Promise<string | undefined> {
  const network = await readlink("/proc/self/ns/net").catch(() => "");
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    if ((await read("comm")).trim() !== "kubelet" || markOf(await read("environ")) !== undefined) continue;
    if ((await readlink(`/proc/${pid}/ns/net`).catch(() => "")) === network) return `kubelet, process ${pid}`;
  }
  // After a crash of the machine's processes, the chains may be the node's own.
  if (existsSync(stateFolder)) return undefined;
  const chains = await capture("iptables-save", ["-t", "nat"]);
  return chains?.stdout.includes(":KUBE-SERVICES") === true ? "kube-proxy's chains in iptables" : undefined;
}
