import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { realpath, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Deployment, DeploymentOptions, UpResult } from "./deployment.ts";
import { Clusters } from "./stand-in/clusters.ts";
import { remove } from "./stand-in/resources.ts";
import type { UpReply, UpRequest } from "./stand-in/run.ts";
import { StateFile } from "./stand-in/state.ts";
import { stateFolder } from "./state-folder.ts";

/**
 * Stands in for the Pulumi engine: evaluates the same program through Pulumi's mock monitor, and applies each
 * resource to the cluster as it is registered. Knows Kubernetes objects, Helm releases, random and tls values.
 */
export async function openStandIn(options: DeploymentOptions): Promise<Deployment> {
  const folder = await stateFolder(options.folder, "spark-platform-engine-");
  const stateFile = join(folder, "state.json");
  const kubeconfig = await realpath(options.kubeconfig);
  if (!existsSync(stateFile))
    StateFile.create(stateFile, `spark-platform-${options.stack}-${randomBytes(4).toString("hex")}`);
  return {
    engine: "stand-in",
    up: async (config) => {
      const projectDir = await realpath(options.projectDir);
      const request = { projectDir, stack: options.stack, config, kubeconfig, folder, stateFile };
      return up(request, options);
    },
    async destroy() {
      const state = StateFile.open(stateFile);
      const clusters = new Clusters(state, folder, kubeconfig);
      const run = { state, clusters, folder, log: options.log };
      for (const entry of [...state.entries, ...state.replaced].reverse()) {
        options.signal?.throwIfAborted();
        await remove(run, entry);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function up(request: UpRequest, { log, signal }: DeploymentOptions): Promise<UpResult> {
  const child = fork(join(import.meta.dirname, "stand-in", "run.ts"), [], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...(signal && { signal }),
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
      for (const line of text.split("\n")) if (line.trim() !== "") log(line.trimEnd());
    });
  }
  return new Promise((resolve, reject) => {
    child.on("message", (reply: UpReply) => {
      if ("log" in reply) log(reply.log);
      else if ("errors" in reply) reject(new Error(`the stand-in engine: ${reply.errors.join("\n")}`));
      else resolve(reply);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      reject(
        new Error(
          `the stand-in engine's process ended early (${signal ?? code ?? "unknown"}): ${said.trim()}`,
        ),
      );
    });
    child.send(request);
  });
}
