import type { ObservedPod } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";

/**
 * Selects an application's pods by the operator's label. It narrows what is asked for and proves nothing: a job can put
 * any label on any pod of its namespace.
 */
export function podsLabelled(application: string): string {
  return `sparkoperator.k8s.io/app-name=${application}`;
}

/** As `podsLabelled`, for one executor by its number. */
export function executorLabelled(application: string, executor: number): string {
  return `${podsLabelled(application)},spark-exec-id=${executor}`;
}

/**
 * The pods that are an application's executors: those whose specification names its Spark id. A job cannot change the
 * specification of a pod that is there, so no label makes another application's pod one of these. It can make new pods
 * with the Spark id of another application of its own namespace, though; among namesakes the first counts.
 */
export function executorsOf(
  sparkId: ApplicationRow["spark_id"],
  pods: readonly ObservedPod[],
): readonly ObservedPod[] {
  if (sparkId === null) return [];
  const executors = pods.filter(({ spec }) => spec.sparkId === sparkId && spec.executorId !== undefined);
  const oldestFirst = executors.toSorted((one, other) =>
    other.metadata.creationTimestamp.localeCompare(one.metadata.creationTimestamp),
  );
  return [...new Map(oldestFirst.map((pod) => [pod.spec.executorId, pod])).values()];
}
