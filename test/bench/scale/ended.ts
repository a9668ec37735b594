import { sampleApplication } from "../../../gateway/test/support/job-samples.ts";
import { listAt, numberAt, type Fields } from "../../../local/kube/json.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import { allAtOnce } from "../gateway/load.ts";
import { applicationsOf } from "../throughput/burst.ts";

/** Of all that are there of the kind, those that this file has made. */
const label = { key: "spark-platform/bench", value: "ended" };
const together = 8;
const daySeconds = 86_400;

/**
 * An application of alice's as the platform makes it, for whom it is to be kept for a day: with the gateway's labels and
 * every setting of a job on S3, so that it is as large as a real one.
 */
export function endedApplication(namespace: string, name: string): Fields {
  const { metadata, spec, ...kind } = sampleApplication(name, namespace);
  return {
    ...kind,
    metadata: { ...metadata, labels: { ...metadata.labels, [label.key]: label.value } },
    spec: { ...spec, timeToLiveSeconds: daySeconds },
  };
}

/**
 * The status that the operator leaves of a run with one executor. It has to be all of it, or the operator would find
 * something to write where it only looks. https://github.com/kubeflow/spark-operator/blob/v2.5.2/api/v1beta2/sparkapplication_types.go
 */
export function endedStatus(name: string, ended: Date): Fields {
  const time = (secondsBefore: number): string =>
    `${new Date(ended.getTime() - 1000 * secondsBefore).toISOString().slice(0, 19)}Z`;
  return {
    sparkApplicationId: `spark-${name}`,
    submissionID: `submission-${name}`,
    lastSubmissionAttemptTime: time(60),
    terminationTime: time(0),
    driverInfo: { podName: `${name}-driver` },
    applicationState: { state: "COMPLETED" },
    executorState: { [`${name}-exec-1`]: "COMPLETED" },
    executionAttempts: 1,
    submissionAttempts: 1,
  };
}

/**
 * Puts applications number `from` to `to`, in turn into the namespaces, as they are once they have ended. They were never
 * run: their submissions alone would compute for more than an hour. Nothing else is there that belongs to them, no driver's
 * pod and no service. Without an operator, which would submit them before they have ended.
 */
export async function putEnded(
  kube: Kube,
  namespaces: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  const now = new Date();
  let next = from;
  await allAtOnce(together, to - from, async () => {
    const number = next++;
    const namespace = namespaces[number % namespaces.length] ?? "";
    const name = `ended-${number}`;
    await kube.request("POST", applicationsOf(namespace), { body: endedApplication(namespace, name) });
    await patchStatus(kube, namespace, name, endedStatus(name, now));
  });
}

/** Lets them have ended so long ago that their time to live is over. */
export async function expire(kube: Kube, namespace: string, count: number): Promise<void> {
  const terminationTime = "2020-01-01T00:00:00Z";
  let next = 0;
  await allAtOnce(together, count, () =>
    patchStatus(kube, namespace, `ended-${next++}`, { terminationTime }),
  );
}

/** How many applications there are, without reading them. */
export async function countLeft(kube: Kube, namespace: string): Promise<number> {
  const page = await kube.request("GET", applicationsOf(namespace), { query: { limit: "1" } });
  return listAt(page, "items").length + (numberAt(page, "metadata", "remainingItemCount") ?? 0);
}

/** Removes what the bench has put, or what others have. */
export async function remove(kube: Kube, namespace: string, whose: "ended" | "others"): Promise<void> {
  const labelSelector = `${label.key}${whose === "ended" ? "=" : "!="}${label.value}`;
  const propagationPolicy = "Background";
  await kube.request("DELETE", applicationsOf(namespace), { query: { labelSelector, propagationPolicy } });
}

/** Bytes of one of them as the API server tells it, which is about what etcd keeps. */
export async function bytesOfOne(kube: Kube, namespace: string): Promise<number> {
  const page = await kube.request("GET", applicationsOf(namespace), { query: { limit: "1" } });
  return JSON.stringify(listAt(page, "items")[0]).length;
}

async function patchStatus(kube: Kube, namespace: string, name: string, status: Fields): Promise<void> {
  const contentType = "application/merge-patch+json";
  await kube.request("PATCH", `${applicationsOf(namespace)}/${name}/status`, {
    body: { status },
    contentType,
  });
}
