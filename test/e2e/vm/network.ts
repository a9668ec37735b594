import { attempt, run } from "./commands.ts";
import { prefixLength, services, subnet, vm } from "./names.ts";
import type { Undo } from "./undo.ts";

const namespace = "registry-vm";
/** This machine's end of the cable. */
const device = "registry-vm0";
/** Port of this machine that stands for 169.254.169.254:80, which only the virtual machine may see. */
export const metadataPort = 8169;
const masquerade = ["POSTROUTING", "-s", subnet, "!", "-d", subnet, "-j", "MASQUERADE"];

/** A network namespace for the virtual machine, with a cable to this one and a way to the outside. */
export async function openNetwork(undo: Undo): Promise<{ readonly namespacePath: string }> {
  await closeNetwork();
  undo.add("network", closeNetwork);
  await run("ip", ["netns", "add", namespace]);
  await run("ip", ["link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
  await run("ip", ["address", "add", `${services}/${prefixLength}`, "dev", device]);
  await run("ip", ["link", "set", device, "up"]);
  const inside = (...args: string[]): Promise<string> => run("ip", ["-n", namespace, ...args]);
  await inside("link", "set", "lo", "up");
  await inside("address", "add", `${vm}/${prefixLength}`, "dev", "eth0");
  await inside("link", "set", "eth0", "up");
  await inside("route", "add", "default", "via", services);
  await run("iptables", ["-w", "-t", "nat", "-A", ...masquerade]);
  const metadata = ["-d", "169.254.169.254", "-p", "tcp", "--dport", "80"];
  const target = ["-j", "DNAT", "--to-destination", `${services}:${metadataPort}`];
  await run("ip", [
    ...["netns", "exec", namespace, "iptables", "-w", "-t", "nat", "-A", "OUTPUT"],
    ...[...metadata, ...target],
  ]);
  return { namespacePath: `/run/netns/${namespace}` };
}

/** Also removes what a run that was killed has left. */
async function closeNetwork(): Promise<void> {
  if (!(await run("ip", ["netns", "list"])).split("\n").some((line) => line.split(" ")[0] === namespace))
    return;
  await attempt("iptables", ["-w", "-t", "nat", "-D", ...masquerade]);
  await run("ip", ["netns", "delete", namespace]);
  // A namespace lives on while a process or a mount holds it, and with it the cable.
  await attempt("ip", ["link", "delete", device]);
}
