import { listAt, recordAt, textAt } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { Kube } from "../../local/kube/kube.ts";

const deployments = { apiVersion: "apps/v1", kind: "Deployment" };

/** A deployment of one pod. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
}

/** The object store in the cluster. */
export const store: Workload = { namespace: "spark-storage", name: "store" };

/** New pods; returns when the old ones are gone. */
export async function restart(kube: Kube, workload: Workload): Promise<void> {
  const annotations = { "e2e/restarted": new Date().toISOString() };
  await kube.patch({ ...deployments, ...workload }, { spec: { template: { metadata: { annotations } } } });
  await settled(kube, workload, 1);
}

/** Returns when there are as many pods as asked for (0 or 1), ready, and no others. */
export async function scale(kube: Kube, workload: Workload, replicas: 0 | 1): Promise<void> {
  await kube.patch({ ...deployments, ...workload }, { spec: { replicas } });
  await settled(kube, workload, replicas);
}

async function settled(kube: Kube, workload: Workload, wanted: number): Promise<void> {
  await until(`${workload.name} to have ${wanted} pods`, 180_000, async () => {
    const live = await kube.read({ ...deployments, ...workload });
    const { observedGeneration, updatedReplicas = 0, readyReplicas = 0 } = recordAt(live, "status");
    const selector = Object.entries(recordAt(live, "spec", "selector", "matchLabels"));
    const pods = (await kube.list("v1", "Pod", { namespace: workload.namespace })).filter((pod) =>
      selector.every(([key, value]) => textAt(pod, "metadata", "labels", key) === value),
    );
    const seen = observedGeneration === recordAt(live, "metadata")["generation"];
    const done = seen && updatedReplicas === wanted && readyReplicas === wanted && pods.length === wanted;
    return done ? { done: undefined } : { waiting: `${pods.length} pods, ${String(readyReplicas)} ready` };
  });
}

/** The address at which the cluster's first node is reached. */
export async function nodeAddress(kube: Kube): Promise<string> {
  const [node] = await kube.list("v1", "Node");
  const addresses = listAt(node, "status", "addresses").map((each) => recordAt(each));
  return String(addresses.find((each) => each["type"] === "InternalIP")?.["address"]);
}
