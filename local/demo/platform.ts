import type { RunningCluster } from "../cluster/cluster.ts";
import { openDeployment, type Deployment, type UpResult } from "../deployment/deployment.ts";
import { isRecord, textAt, type Fields } from "../kube/json.ts";
import { Kube } from "../kube/kube.ts";
import { podLogs } from "../kube/pod-logs.ts";
import { localStack, recordOf } from "../stack.ts";
import { places } from "./places.ts";
import type { Steps } from "./steps.ts";

/** The local stack, as this cluster can have it. */
export function demoStack(cluster: RunningCluster, registry: string, registerToken: number): Fields {
  const stack = localStack();
  const [storage, gateway] = [recordOf(stack["storage"]), recordOf(stack["gateway"])];
  const size = textAt(storage, "volume", "size") ?? "5Gi";
  return {
    ...stack,
    cluster: { kubeconfigPath: cluster.kubeconfig, identifier: "local", dns: [...cluster.dns] },
    images: { registry },
    storage: { ...storage, volume: cluster.volume("store", size) },
    gateway: {
      ...gateway,
      registerToken,
      database: { kind: "embedded", volume: cluster.volume("gateway", "1Gi") },
    },
    operator: {
      ...recordOf(stack["operator"]),
      ...(cluster.chart !== undefined && { chart: cluster.chart }),
    },
    jobs: Object.fromEntries(
      Object.entries(recordOf(stack["jobs"])).filter(([name]) => cluster.cannotRun[name] === undefined),
    ),
  };
}

export function openDemo(kubeconfig: string, steps: Steps, signal: AbortSignal): Promise<Deployment> {
  const { project: projectDir, engine: folder } = places;
  return openDeployment({ stack: "local", projectDir, kubeconfig, folder, signal, log: steps.tool });
}

/** Deploys; where that fails, the ends of the logs of pods that are not well are among what is shown. */
export async function deploy(deployment: Deployment, stack: Fields, steps: Steps): Promise<UpResult> {
  try {
    return await deployment.up(stack);
  } catch (error) {
    const path = textAt(stack, "cluster", "kubeconfigPath") ?? "";
    const logs = await podLogs(Kube.open(path)).catch(() => []);
    for (const line of logs) steps.tool(line);
    throw error;
  }
}

/** What of the stack's outputs the demo shows and uses. */
export interface Shown {
  readonly api: string;
  readonly pages: string;
  readonly registerToken: string;
  /** PEM of the authority of both. */
  readonly authority: string;
  /** Email -> password. */
  readonly users: Readonly<Record<string, string>>;
}

export function shown(outputs: Fields): Shown {
  const text = (...path: readonly string[]): string => {
    const found = textAt(outputs, ...path);
    if (found === undefined) throw new Error(`the stack has no output ${path.join(".")}`);
    return found;
  };
  const users = isRecord(outputs["ui"]) ? outputs["ui"]["users"] : undefined;
  return {
    api: text("gateway", "url"),
    pages: text("ui", "url"),
    registerToken: text("gateway", "registerToken"),
    authority: text("gateway", "certificateAuthority"),
    users: Object.fromEntries(
      Object.entries(isRecord(users) ? users : {}).map(([email, password]) => [email, String(password)]),
    ),
  };
}
