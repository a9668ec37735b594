/** Why a machine cannot have the node. Pure. */
import { tooLittle } from "../room.ts";
import { podRange, serviceRange } from "./facts.ts";

/** What matters of a machine. */
export interface Machine {
  readonly platform: string;
  readonly architecture: string;
  readonly root: boolean;
  readonly apt: boolean;
  /** Whether the node, or some of it, runs already: then it has what it needs. */
  readonly runs: boolean;
  /** Whether the programs are compiled. */
  readonly built: boolean;
  readonly memoryGib: number;
  readonly diskGib: number;
  /** What is in the way at the node's ports. */
  readonly ports: readonly string[];
  /** Networks that the machine has a route to, as in `ip route`: `10.0.0.0/8`. */
  readonly routes: readonly string[];
  /** Another Kubernetes, and what shows it. */
  readonly kubernetes: string | undefined;
}

/**
 * GiB of memory that must be free: the node's own processes have 1.1 of it, the rest is for the platform's pods and
 * those of a job. The same is plenty to link Kubernetes.
 */
const memoryGib = 6;
/**
 * GiB of disk that must be free, before and after Kubernetes is compiled. With the platform and a job, the node's data
 * are 4.4, the images in buildah's storage 2.9 and those in the registry 1.6; the rest is Go's caches.
 */
const coldDiskGib = 20;
const builtDiskGib = 8;

const otherCluster = "npm run demo -- --kubeconfig FILE --registry REGISTRY";

/** All reasons there are, each with what would help; none where the machine will do. */
export function problemsOf(machine: Machine): readonly string[] {
  const general = [
    machine.platform === "linux"
      ? []
      : [`this is ${machine.platform}, and the node needs Linux: start Docker`],
    machine.architecture === "x64"
      ? []
      : [`this machine is ${machine.architecture}, and the node's images are for x64: start Docker`],
    machine.root ? [] : ["the node needs root: run it with sudo, or start Docker"],
    machine.apt
      ? []
      : ["there is no apt-get, and the node needs packages of Debian 12 or newer: start Docker"],
  ].flat();
  if (machine.runs) return general;
  const room = [
    tooLittle("memory", machine.memoryGib, memoryGib, "end what takes it"),
    tooLittle("disk", machine.diskGib, machine.built ? builtDiskGib : coldDiskGib, "make room below /var"),
  ];
  const networks = [podRange, serviceRange].flatMap((range) =>
    machine.routes
      .filter((route) => overlap(range, route))
      .map(
        (route) =>
          `the node's network ${range} overlaps ${route}, to which this machine has a route: remove that`,
      ),
  );
  const kubernetes =
    machine.kubernetes === undefined
      ? []
      : [`this machine has a Kubernetes already (${machine.kubernetes}): use that, with ${otherCluster}`];
  return [...general, ...room.flatMap((one) => one ?? []), ...machine.ports, ...networks, ...kubernetes];
}

/** Whether two networks of IPv4, `A.B.C.D/LENGTH`, have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [parse(one), parse(other)];
  if (first === undefined || second === undefined) return false;
  const size = 2 ** (32 - Math.min(first.length, second.length));
  return Math.floor(first.start / size) === Math.floor(second.start / size);
}

function parse(network: string): { readonly start: number; readonly length: number } | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(network);
  if (found === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = found.slice(1, 5).map(Number);
  return { start: ((a * 256 + b) * 256 + c) * 256 + d, length: Number(found[5] ?? 32) };
}

/** The networks of `ip route`'s lines, without the default one and those of an interface. */
export function networksOf(routes: string, without: string): readonly string[] {
  return routes
    .split("\n")
    .filter((line) => !line.split(" ").includes(without))
    .flatMap((line) => /^(?:unreachable |blackhole )?(\d+\.\d+\.\d+\.\d+(?:\/\d+)?) /.exec(line)?.[1] ?? []);
}
