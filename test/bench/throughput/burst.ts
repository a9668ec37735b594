import { listAt, recordAt, type Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import { account } from "../operator/namespaces.ts";

const pollMs = 250;
/** At the ten a minute that the stock chart was seen to make on two cores, 30 take it three minutes. */
const timeoutMs = 1_800_000;

/** So many applications at once, of which so many are waited for. */
export interface Load {
  readonly created: number;
  readonly awaited: number;
}

/** Seconds from the first request to the first and to the last driver that was waited for. */
export interface Burst {
  readonly first: number;
  readonly last: number;
}

/** An application whose driver no node can have: what is measured is its submission, and no driver takes the machine. */
export function unschedulable(namespace: string, name: string): Fields {
  return {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name, namespace },
    spec: {
      type: "Python",
      mode: "cluster",
      sparkVersion: "4.0.4",
      image: "docker.io/apache/spark:4.0.4",
      mainApplicationFile: "local:///opt/spark/python/pyspark/version.py",
      // Stock's submissions starve each other: some find no connection within fabric8's ten seconds, and fail.
      restartPolicy: {
        type: "OnFailure",
        onFailureRetries: 0,
        onFailureRetryInterval: 1,
        onSubmissionFailureRetries: 10,
        onSubmissionFailureRetryInterval: 1,
      },
      driver: {
        cores: 1,
        coreRequest: "100m",
        memory: "512m",
        serviceAccount: account,
        nodeSelector: { "spark-platform/bench": "no-node" },
      },
      executor: { cores: 1, coreRequest: "100m", memory: "512m", instances: 1 },
    },
  };
}

const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
/** The path of a namespace's applications. */
export const applicationsOf = (namespace: string): string =>
  `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${namespace}/sparkapplications`;

/** Creates applications at once, waits for driver pods, and removes them all. */
export async function burst(kube: Kube, namespace: string, { created, awaited }: Load): Promise<Burst> {
  const names = Array.from({ length: created }, (_, index) => `burst-${created}-${index}`);
  const pods = podsOf(namespace);
  const applications = applicationsOf(namespace);
  const seconds = (): number => (performance.now() - begin) / 1000;
  const begin = performance.now();
  let first: number | undefined;
  try {
    await Promise.all(
      names.map((name) => kube.request("POST", applications, { body: unschedulable(namespace, name) })),
    );
    const last = await until(
      `${awaited} drivers of ${created} applications`,
      timeoutMs,
      async () => {
        const drivers = listAt(await kube.request("GET", pods), "items").length;
        if (drivers > 0) first ??= seconds();
        if (drivers >= awaited) return { done: seconds() };
        refuseFailures(await kube.request("GET", applications));
        return { waiting: `${drivers} are there` };
      },
      pollMs,
    );
    return { first: first ?? last, last };
  } finally {
    await removeAll(kube, namespace);
  }
}

/** Leaves no application and no pod in the namespace. */
export async function removeAll(kube: Kube, namespace: string): Promise<void> {
  const paths = [applicationsOf(namespace), podsOf(namespace)];
  const now = { body: { gracePeriodSeconds: 0 } };
  for (const path of paths) await kube.request("DELETE", path, now);
  await until("the applications to be gone", timeoutMs, async () => {
    const left = await Promise.all(paths.map((path) => kube.request("GET", path)));
    const all = left.reduce<number>((sum, list) => sum + listAt(list, "items").length, 0);
    return all === 0 ? { done: true } : { waiting: `${all} objects are there` };
  });
}

/** What has failed for good would be waited for to the end. */
function refuseFailures(list: unknown): void {
  for (const each of listAt(list, "items")) {
    const { state, errorMessage } = recordAt(each, "status", "applicationState");
    if (state === "FAILED") throw new Error(`an application failed: ${String(errorMessage)}`);
  }
}
