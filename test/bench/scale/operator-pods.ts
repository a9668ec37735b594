import { scale } from "../../e2e/rollouts.ts";
import { textAt } from "../../../local/kube/json.ts";
import { KubeError, refOf, type Kube } from "../../../local/kube/kube.ts";
import { until } from "../../../local/kube/wait.ts";

const components = ["controller", "webhook"] as const;
export type Component = (typeof components)[number];

/** The chart's names of their pods, without the release's before and the numbers behind. */
export const podNames: Readonly<Record<Component, string>> = {
  controller: "spark-operator-controller",
  webhook: "spark-operator-webhook",
};

/** At the chart's 20 requests a second the operator needs four minutes for 5,000 applications. */
const timeoutMs = 1_200_000;

/** Ends the operator, or starts it anew: as many pods of each of its two parts. */
export async function scaleOperator(kube: Kube, namespace: string, replicas: 0 | 1): Promise<void> {
  for (const component of components) {
    const labelSelector = `app.kubernetes.io/component=${component}`;
    const [deployment] = await kube.list("apps/v1", "Deployment", { namespace, labelSelector });
    await scale(kube, { namespace, name: refOf(deployment).name }, replicas);
  }
}

/**
 * Seconds that an operator which has just started takes to have looked at so many applications, from its first one. It
 * leads some time after its start: after one that did not end well, that is until its lease is over.
 */
export async function secondsToLookAt(kube: Kube, namespace: string, count: number): Promise<number> {
  let begun: number | undefined;
  return until(`the operator to have looked at ${count} applications`, timeoutMs, async () => {
    const looks = await looksOf(kube, namespace);
    if (looks > 0) begun ??= performance.now();
    if (begun !== undefined && looks >= count) return { done: (performance.now() - begun) / 1000 };
    return { waiting: `${looks} looks` };
  });
}

async function looksOf(kube: Kube, namespace: string): Promise<number> {
  const labelSelector = "app.kubernetes.io/component=controller";
  const [pod] = await kube.list("v1", "Pod", { namespace, labelSelector });
  const name = textAt(pod, "metadata", "name") ?? "";
  try {
    return looks(
      String(await kube.request("GET", `/api/v1/namespaces/${namespace}/pods/${name}:8080/proxy/metrics`)),
    );
  } catch (error) {
    // It does not serve yet.
    if (error instanceof KubeError) return 0;
    throw error;
  }
}

/** How often the operator has looked at any application and come to an end with it, of its metrics. */
export function looks(metrics: string): number {
  return metrics
    .split("\n")
    .filter((line) => line.startsWith('controller_runtime_reconcile_total{controller="sparkapplication"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
