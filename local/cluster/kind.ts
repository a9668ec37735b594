import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { stringify } from "yaml";

import { capture } from "../../images/process.ts";
import type { Fields } from "../kube/json.ts";
import { runProgram } from "../process.ts";
import type { Cluster, RunningCluster, Say } from "./cluster.ts";
import { buildImages } from "./images.ts";
import { nodesOf, openKubeconfig } from "./kubeconfig.ts";
import { portProblems } from "./ports.ts";
import { tooLittle } from "./room.ts";

export interface KindOptions {
  /** For its kubeconfig and its configuration. */
  readonly folder: string;
  /** For kind itself, where it is not on PATH. */
  readonly tools: string;
  /** Node ports that shall answer at 127.0.0.1. */
  readonly ports: readonly number[];
}

const name = "spark-platform";
/** Of https://github.com/kubernetes-sigs/kind/releases; it brings Kubernetes 1.34. */
const kindModule = "sigs.k8s.io/kind@v0.30.0";
/** The platform with three jobs asks for 5.5 GiB, and the node itself takes one. */
const memoryGib = 7;
const localImages = "localhost/spark-platform";

/** A cluster of one node in a container of Docker: https://kind.sigs.k8s.io. */
export function kindCluster(options: KindOptions): Cluster {
  const { folder, tools, ports } = options;
  const kubeconfig = join(folder, "kubeconfig");
  return {
    title: "kind, in Docker",
    plan: [
      `makes the cluster "${name}" of one container, or goes on with it (about 2 minutes)`,
      "builds the images with docker and loads them into it (about 10 minutes the first time)",
    ],
    async problems() {
      const kind = await findKind(tools);
      const there = kind !== undefined && (await isThere(kind));
      return [
        ...(kind === undefined && (await capture("go", ["version"])) === undefined
          ? ["kind is not on PATH, and no Go to build it: https://kind.sigs.k8s.io/docs/user/quick-start"]
          : []),
        ...(await memoryProblems()),
        // A cluster that is there has them itself.
        ...(there ? [] : await portProblems(ports)),
      ];
    },
    async up(say, signal) {
      const kind = (await findKind(tools)) ?? (await buildKind(tools, say, signal));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (!(await goesOn(kind, kubeconfig))) {
        if (await isThere(kind))
          say(`what is there of the cluster "${name}" does not answer: making it anew`);
        await remove(kind);
        const config = join(folder, "kind.yaml");
        await writeFile(config, kindConfig(ports));
        const args = ["create", "cluster", "--name", name, "--config", config, "--wait", "180s"];
        await runProgram(kind, [...args, "--kubeconfig", kubeconfig], { signal, onLine: say });
      }
      return running(kind, kubeconfig);
    },
    async down(say) {
      const kind = await findKind(tools);
      if (kind === undefined) return;
      if (await isThere(kind)) say(`removes the cluster "${name}"`);
      await remove(kind);
    },
  };
}

function running(kind: string, kubeconfig: string): RunningCluster {
  return {
    kubeconfig,
    async deliverImages(say, signal) {
      const references = await buildImages({ engine: "docker" }, say, signal);
      await runProgram(kind, ["load", "docker-image", ...references, "--name", name], {
        signal,
        onLine: say,
      });
      return localImages;
    },
    volume: (_name, size): Fields => ({ kind: "claim", size }),
    dns: [],
    chart: undefined,
    nodePortsHere: true,
    cannotRun: {},
  };
}

/** https://kind.sigs.k8s.io/docs/user/configuration/#extra-port-mappings */
export function kindConfig(ports: readonly number[]): string {
  const extraPortMappings = ports.map((port) => ({
    containerPort: port,
    hostPort: port,
    listenAddress: "127.0.0.1",
    protocol: "TCP",
  }));
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [{ role: "control-plane", extraPortMappings }],
  });
}

async function findKind(tools: string): Promise<string | undefined> {
  if ((await capture("kind", ["version"])) !== undefined) return "kind";
  const own = join(tools, "kind");
  return existsSync(own) ? own : undefined;
}

async function buildKind(tools: string, say: Say, signal: AbortSignal): Promise<string> {
  say(`builds ${kindModule}`);
  await mkdir(tools, { recursive: true });
  await runProgram("go", ["install", kindModule], { env: { ...process.env, GOBIN: tools }, signal });
  return join(tools, "kind");
}

async function isThere(kind: string): Promise<boolean> {
  const found = await capture(kind, ["get", "clusters"], { timeoutMs: 20_000 });
  return found?.stdout.split("\n").includes(name) === true;
}

/** Whether a cluster of an earlier run is whole: `--wait` has it when its node is ready. */
async function goesOn(kind: string, kubeconfig: string): Promise<boolean> {
  if (!(await isThere(kind))) return false;
  const written = await capture(kind, ["export", "kubeconfig", "--name", name, "--kubeconfig", kubeconfig]);
  if (written?.code !== 0) return false;
  try {
    const { kube } = await openKubeconfig({ kubeconfig, folder: "" });
    return (await nodesOf(kube)).length > 0;
  } catch {
    return false;
  }
}

async function remove(kind: string): Promise<void> {
  await runProgram(kind, ["delete", "cluster", "--name", name]);
}

/** What Docker has, which may be a virtual machine's. */
async function memoryProblems(): Promise<readonly string[]> {
  const info = await capture("docker", ["info", "--format", "{{.MemTotal}}"], { timeoutMs: 20_000 });
  const bytes = Number(info?.stdout.trim());
  if (!(bytes > 0)) return [];
  const help = "give Docker more in its settings";
  const problem = tooLittle("the memory of Docker", bytes / 1024 ** 3, memoryGib, help);
  return problem === undefined ? [] : [problem.replace("are free", "are there")];
}
