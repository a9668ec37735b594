import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { KubeConfig } from "@kubernetes/client-node";

import { messageOf } from "../../images/errors.ts";
import { at, condition, type Fields } from "../kube/json.ts";
import { Kube } from "../kube/kube.ts";

export interface KubeconfigOptions {
  readonly kubeconfig: string;
  readonly context?: string | undefined;
  /** Where a copy with another current context goes. */
  readonly folder: string;
}

const patienceMs = 15_000;

/**
 * The cluster of a kubeconfig, which answers, and the path of a kubeconfig whose current context is the wanted one.
 * @throws an Error that says what is wrong, in which file and with which context.
 */
export async function openKubeconfig(
  options: KubeconfigOptions,
): Promise<{ readonly kube: Kube; readonly path: string }> {
  const file = resolve(options.kubeconfig);
  const config = read(file);
  const contexts = config.getContexts().map(({ name }) => name);
  const context = options.context ?? config.getCurrentContext();
  if (contexts.length === 0) throw new Error(`${file} has no context: it is no kubeconfig, or an empty one`);
  if (!contexts.includes(context)) {
    const wanted = context === "" ? "no current context" : `no context "${context}"`;
    throw new Error(`${file} has ${wanted}; there are: ${contexts.join(", ")}: give one as --context`);
  }
  const same = context === config.getCurrentContext();
  config.setCurrentContext(context);
  if (config.getCurrentCluster() === null || config.getCurrentUser() === null)
    throw new Error(`${file}, context ${context}: its cluster or its user is not in the file`);
  const kube = new Kube(config);
  await answers(kube, `${file}, context ${context}`);
  return { kube, path: same ? file : await copyOf(config, options.folder) };
}

function read(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    config.loadFromFile(file);
  } catch (error) {
    const [first = ""] = messageOf(error).split("\n");
    throw new Error(`${file} is no kubeconfig: ${first}`, { cause: error });
  }
  return config;
}

/** Sees that the server answers, and knows the user. */
async function answers(kube: Kube, place: string): Promise<void> {
  const stop = new AbortController();
  const late = delay(patienceMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer in ${patienceMs / 1000} s`);
  });
  try {
    await Promise.race([kube.request("GET", "/api/v1"), late]);
  } catch (error) {
    throw new Error(`${place}: ${messageOf(error)}`, { cause: error });
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

/** The library has made paths of certificates absolute. */
async function copyOf(config: KubeConfig, folder: string): Promise<string> {
  const copy = join(folder, "kubeconfig");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(copy, config.exportConfig(), { mode: 0o600 });
  return copy;
}

/** What people know it by. */
export function clusterOf(kube: Kube): string {
  return `the cluster of context ${kube.config.getCurrentContext()} (${kube.config.getCurrentCluster()?.server ?? ""})`;
}

/** Its nodes that are ready. */
export async function nodesOf(kube: Kube): Promise<readonly Fields[]> {
  const nodes = await kube.list("v1", "Node");
  return nodes.filter((node) => condition(node, "Ready")?.status === "True");
}

/** Whether its user has the rights of cluster-admin, as the server itself says. */
export async function mayDoAll(kube: Kube): Promise<boolean> {
  const review = await kube.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { verb: "*", group: "*", resource: "*" } },
    },
  });
  return at(review, "status", "allowed") === true;
}
