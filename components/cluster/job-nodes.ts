import type { JobPlacement, PodPlacement } from "../../jobs/manifest/index.ts";

/** Groups of nodes that are for jobs alone. */
export type JobPool = "drivers" | "executors";

const poolKey = "spark-platform/pool";

/** What marks a pool's nodes for the pods that belong there. */
export function poolLabels(pool: JobPool): Readonly<Record<string, string>> {
  return { [poolKey]: pool };
}

/** What keeps all other pods off a pool's nodes. */
export function poolTaint(pool: JobPool): {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule";
} {
  return { key: poolKey, value: pool, effect: "NoSchedule" };
}

/** Where a job's pods go: to the nodes that `NodePools` makes for them. */
export const jobNodes: JobPlacement = {
  // A job dies with its driver, so nobody takes the node away from under it: https://karpenter.sh/docs/concepts/disruption/
  driver: { ...placement("drivers"), annotations: { "karpenter.sh/do-not-disrupt": "true" } },
  executor: { ...placement("executors"), annotations: {} },
};

function placement(pool: JobPool): Pick<PodPlacement, "nodeSelector" | "tolerations"> {
  return { nodeSelector: poolLabels(pool), tolerations: [{ ...poolTaint(pool), operator: "Equal" }] };
}
