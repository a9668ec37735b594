import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Cluster, RunningCluster, Say } from "./cluster.ts";
import { baseImages } from "./bare/base-images.ts";
import { address, cacheFolder, kubeconfig, nodeName, stateFolder } from "./bare/facts.ts";
import { buildBaseImages, deliverOwnImages, mirrorBaseImages } from "./bare/images.ts";
import { controlPlane, mirror, nodeParts, nodeReady, prepareNode, startAll } from "./bare/node.ts";
import { fetchRegistry, installPackages } from "./bare/packages.ts";
import { readMachine } from "./bare/machine.ts";
import { problemsOf } from "./bare/problems.ts";
import { removeNode, sayWhatStays } from "./bare/remove.ts";
import { timed } from "./bare/timed.ts";
import { findGo } from "./bare/toolchain.ts";
import { buildTools, chartFolder, programsFolder } from "./bare/tools.ts";

/**
 * A single-node Kubernetes on this machine, of nothing but what package registries have: programs compiled from Go
 * modules, the container runtime of Debian, images made of Debian's, Python's and Node's packages.
 */
export function bareCluster(): Cluster {
  return {
    title: "a bare node, made of package registries",
    plan: [
      "install the Debian packages that are missing, containerd and buildah among them; they stay",
      `compile Kubernetes and the platform's servers from Go modules, once; they stay in ${cacheFolder}`,
      "build the images of the platform's parts under their public names, once; they stay in buildah's storage",
      `start a node, for this machine alone: it keeps its data in ${stateFolder}`,
    ],
    problems: async () => problemsOf(await readMachine()),
    up,
    down: async (say) => {
      await removeNode(say);
      await sayWhatStays(say);
    },
  };
}

async function up(say: Say, signal: AbortSignal): Promise<RunningCluster> {
  await installPackages(say, signal);
  const registry = await fetchRegistry(say, signal);
  // The one waits for servers and the other computes. Where one fails, the other is not to go on alone.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const both = [
    buildBaseImages(
      baseImages.filter(({ compiled }) => !compiled),
      say,
      either,
    ),
    buildTools(() => findGo(say, either), say, either),
  ].map((each) =>
    each.catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  // Both have ended by then, and so have their programs.
  await Promise.allSettled(both);
  failed.signal.throwIfAborted();
  await buildBaseImages(
    baseImages.filter(({ compiled }) => compiled),
    say,
    signal,
  );
  await prepareNode(signal);
  await startAll([...controlPlane(), mirror(registry)], say, signal);
  await mirrorBaseImages(say, signal);
  await startAll(nodeParts(), say, signal);
  await timed(say, "the node: ready", () => nodeReady(signal));
  // The engine calls helm; people find kubectl there.
  process.env["PATH"] = [programsFolder, process.env["PATH"] ?? ""].join(delimiter);
  return {
    kubeconfig,
    deliverImages: deliverOwnImages,
    volume: (name, size) => {
      const path = join(stateFolder, "volumes", name);
      mkdirSync(path, { recursive: true });
      return { kind: "node", path, node: nodeName, size };
    },
    // CoreDNS is a program of the machine.
    dns: [`${address}/32`],
    chart: chartFolder(),
    nodePortsHere: true,
    cannotRun: { "spark-pi": "PyPI's Spark, of which the node's image is made, has no examples" },
  };
}
