import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { isRecord, textAt, type Fields } from "../kube/json.ts";
import { leftovers } from "../kube/leftovers.ts";
import type { Kube } from "../kube/kube.ts";
import type { Cluster, RunningCluster } from "./cluster.ts";
import { clusterOf, mayDoAll, nodesOf, openKubeconfig } from "./kubeconfig.ts";
import { buildImages } from "./images.ts";
import { availableDiskGib, tooLittle } from "./room.ts";

/** How far an earlier run came. */
export interface Before {
  readonly deployed: boolean;
}

/** A cluster that somebody else made. */
export interface ExistingCluster {
  readonly kubeconfig: string;
  /** Default: the current one. */
  readonly context?: string | undefined;
  /** That this machine pushes to and the cluster pulls from. */
  readonly registry: string;
  /** A folder of this machine, which is the cluster's one node. Default: claims on the default storage class. */
  readonly nodePath?: string | undefined;
  /** A folder with the operator's chart. */
  readonly chart?: string | undefined;
}

export interface ExistingOptions extends ExistingCluster {
  /** Where a kubeconfig of one context is written to. */
  readonly folder: string;
  /** Of an earlier run, if there was one: what is in the cluster is that run's. */
  readonly before: Before | undefined;
}

/** For the jars, the images and their layers; again, for what is new of them. */
const diskGib = { first: 15, again: 2 };

/** A cluster that exists. It is not changed but for the platform, and stays as it was when that goes. */
export function existingCluster(options: ExistingOptions): Cluster {
  const { kubeconfig, registry, nodePath } = options;
  return {
    title: `the cluster of ${kubeconfig}`,
    plan: [
      `checks that ${kubeconfig} leads to a cluster that may be filled`,
      `builds the images and pushes them to ${registry}`,
    ],
    async problems() {
      const needed = options.before?.deployed === true ? diskGib.again : diskGib.first;
      const disk = await availableDiskGib(options.folder);
      return [
        ...(await clusterProblems(options)),
        ...[tooLittle(`the disk of ${options.folder}`, disk, needed, "make room")].flatMap(
          (each) => each ?? [],
        ),
      ];
    },
    async up(say) {
      const kube = await openKubeconfig(options);
      const [node] = await nodesOf(kube.kube);
      say(`${clusterOf(kube.kube)} answers`);
      return running(options, kube.path, textAt(node, "metadata", "labels", "kubernetes.io/hostname") ?? "");
    },
    async down() {
      if (nodePath !== undefined) await rm(volumesOf(nodePath), { recursive: true, force: true });
    },
  };
}

/** One message for the first thing that is wrong with the way there; all that is wrong with the cluster itself. */
async function clusterProblems(options: ExistingOptions): Promise<readonly string[]> {
  try {
    const { kube } = await openKubeconfig(options);
    const [nodes, rights, storage, found] = [
      await nodesOf(kube),
      await mayDoAll(kube),
      options.nodePath !== undefined || (await hasDefaultStorageClass(kube)),
      options.before !== undefined ? [] : await leftovers(kube),
    ];
    const name = clusterOf(kube);
    return [
      ...(rights
        ? []
        : [`${name}: its user may not do everything there: it needs the rights of cluster-admin`]),
      ...(nodes.length > 0 ? [] : [`${name} has no node that is ready: kubectl get nodes says why`]),
      ...(storage ? [] : [`${name} has no default storage class: give it one, or --node-path FOLDER`]),
      ...(found.length === 0 ? [] : [`${name} has a platform that is not this demo's: ${few(found)}`]),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function hasDefaultStorageClass(kube: Kube): Promise<boolean> {
  const classes = await kube.list("storage.k8s.io/v1", "StorageClass");
  const mark = "storageclass.kubernetes.io/is-default-class";
  return classes.some((each) => textAt(each, "metadata", "annotations", mark) === "true");
}

function few(names: readonly string[]): string {
  return [...names.slice(0, 3), ...(names.length > 3 ? [`${names.length - 3} more`] : [])].join(", ");
}

function running(options: ExistingOptions, kubeconfig: string, node: string): RunningCluster {
  const { nodePath, registry, chart } = options;
  return {
    kubeconfig,
    deliverImages: async (say, signal) => {
      await buildImages({ pushTo: registry }, say, signal);
      return registry;
    },
    volume: (name, size): Fields => {
      if (nodePath === undefined) return { kind: "claim", size };
      // A volume of a node does not make its folder.
      const path = join(volumesOf(nodePath), name);
      mkdirSync(path, { recursive: true });
      return { kind: "node", path, node, size };
    },
    dns: [],
    chart,
    nodePortsHere: false,
    cannotRun: {},
  };
}

/** The folder of all volumes, which goes with the platform. */
function volumesOf(nodePath: string): string {
  return join(nodePath, "spark-platform-demo");
}

/** From a file of ours, or what somebody has changed in it. */
export function isExistingCluster(value: unknown): value is ExistingCluster {
  return isRecord(value) && typeof value["kubeconfig"] === "string" && typeof value["registry"] === "string";
}
