import { readFile, writeFile } from "node:fs/promises";

import { capture } from "../../../images/process.ts";
import { runProgram } from "../../process.ts";
import { address, bridge, podRange, serviceRange } from "./facts.ts";

/**
 * Ways out of the pods, where the machine forwards nothing by itself, and under the machine's own address; each before
 * those above it. No way for what is sent to a service while its first pod gets ready: for some ms it is in neither of
 * kube-proxy's tables, which are written one after the other, and would leave the machine.
 */
const rules: readonly (readonly string[])[] = [
  ["nat", "POSTROUTING", "-s", podRange, "!", "-o", bridge, "-j", "MASQUERADE"],
  ["filter", "FORWARD", "-i", bridge, "-j", "ACCEPT"],
  [
    "filter",
    "FORWARD",
    "-o",
    bridge,
    "-m",
    "conntrack",
    "--ctstate",
    "RELATED,ESTABLISHED,DNAT",
    "-j",
    "ACCEPT",
  ],
  ["filter", "FORWARD", "-d", serviceRange, "-j", "REJECT"],
  ["filter", "OUTPUT", "-d", serviceRange, "-j", "REJECT"],
];

/** Switches of the kernel that the node turns on; kube-proxy the second one. */
export const switches = ["net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet"] as const;

/** Makes the bridge with its address, and the rules, where they are not there. */
export async function makeNetwork(signal: AbortSignal): Promise<void> {
  const there = await capture("ip", ["link", "show", bridge], { signal });
  if (there?.code !== 0) await runProgram("ip", ["link", "add", bridge, "type", "bridge"], { signal });
  await runProgram("ip", ["address", "replace", `${address}/24`, "dev", bridge], { signal });
  await runProgram("ip", ["link", "set", bridge, "up"], { signal });
  await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
  for (const [table = "", chain = "", ...rule] of rules) {
    const found = await capture("iptables", ["-w", "-t", table, "-C", chain, ...rule], { signal });
    if (found?.code !== 0)
      await runProgram("iptables", ["-w", "-t", table, "-I", chain, ...rule], { signal });
  }
}

/** What the switches are now, by path. */
export async function readSwitches(): Promise<Readonly<Record<string, string>>> {
  const values = switches.map(
    async (path) => [path, (await readFile(`/proc/sys/${path}`, "utf8")).trim()] as const,
  );
  return Object.fromEntries(await Promise.all(values));
}

/** Removes the bridge, the node's rules and the chains of kube-proxy and kubelet. */
export async function removeNetwork(before: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [table = "", chain = "", ...rule] of rules) {
    const remove = ["-w", "-t", table, "-D", chain, ...rule];
    while ((await capture("iptables", remove))?.code === 0);
  }
  for (const program of ["iptables", "ip6tables"]) {
    for (const table of ["filter", "nat", "mangle"]) await removeChains(program, table);
  }
  await capture("ip", ["link", "delete", bridge]);
  for (const path of switches) {
    const value = before[path];
    if (typeof value === "string") await writeFile(`/proc/sys/${path}`, value);
  }
}

async function removeChains(program: string, table: string): Promise<void> {
  const saved = await capture(`${program}-save`, ["-t", table]);
  for (const words of removals(saved?.stdout ?? "")) await capture(program, ["-w", "-t", table, ...words]);
}

/** The commands that remove all of Kubernetes from a table, by what `iptables-save` says of it. Pure. */
export function removals(saved: string): readonly (readonly string[])[] {
  const lines = saved.split("\n");
  const chains = lines.flatMap((line) => /^:(KUBE-\S+)/.exec(line)?.[1] ?? []);
  const jumps = lines.flatMap((line) => {
    const [, chain = "KUBE-", rest = ""] = /^-A (\S+) (.*-j KUBE-.*)$/.exec(line) ?? [];
    return chain.startsWith("KUBE-") ? [] : [["-D", chain, ...split(rest)]];
  });
  return [...jumps, ...chains.map((chain) => ["-F", chain]), ...chains.map((chain) => ["-X", chain])];
}

/** The words of a rule; a comment is one, in quotes. */
function split(rule: string): readonly string[] {
  return [...rule.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}
