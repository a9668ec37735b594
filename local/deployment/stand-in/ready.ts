import {
  at,
  canonical,
  condition,
  listAt,
  numberAt,
  parseJson,
  recordAt,
  refOfKind,
  textAt,
  type Fields,
} from "../../kube/json.ts";
import { describeRef, refOf, type Kube } from "../../kube/kube.ts";
import { until, type Probed } from "../../kube/wait.ts";
import { podProblems } from "../../kube/pods.ts";

type Check = (kube: Kube, live: Fields, applied: Fields) => Promise<string | undefined> | string | undefined;

/**
 * Waits until an object is what the provider calls ready; kinds that it does not wait for are ready at once. The
 * annotations pulumi.com/skipAwait, waitFor and timeoutSeconds count.
 * @returns the object as it then is. @throws with the reason, from the pods where there are any.
 */
export async function waitReady(kube: Kube, applied: Fields, timeoutMs: number): Promise<Fields> {
  const annotations = recordAt(applied, "metadata", "annotations");
  if (annotations["pulumi.com/skipAwait"] === "true") return applied;
  const waitFor = textAt(annotations, "pulumi.com/waitFor");
  const check =
    waitFor === undefined ? checks[refOfKind(applied)] : (_: Kube, live: Fields) => unmet(live, waitFor);
  if (check === undefined) return applied;
  const seconds = Number(annotations["pulumi.com/timeoutSeconds"] ?? 0);
  const ref = refOf(applied);
  return until(
    describeRef(ref),
    seconds > 0 ? seconds * 1000 : timeoutMs,
    async (): Promise<Probed<Fields>> => {
      const live = await kube.find(ref);
      if (live === undefined) throw new Error(`${describeRef(ref)} was deleted by someone else`);
      const waiting = await check(kube, live, applied);
      return waiting === undefined ? { done: live } : { waiting };
    },
  );
}

/** What an object still lacks; undefined is ready; what can never get ready throws. */
const checks: Readonly<Record<string, Check | undefined>> = {
  "v1/Namespace": (_, live) => phase(live, "Active"),
  "v1/PersistentVolume": (_, live) => phase(live, "Available", "Bound"),
  "v1/PersistentVolumeClaim": claim,
  "v1/Pod": pod,
  "v1/ResourceQuota": (_, live) =>
    canonical(at(live, "spec", "hard")) === canonical(at(live, "status", "hard"))
      ? undefined
      : "not yet counted",
  "v1/Service": service,
  "apps/v1/DaemonSet": (kube, live) =>
    rollout(
      kube,
      live,
      numberAt(live, "status", "desiredNumberScheduled"),
      "updatedNumberScheduled",
      "numberReady",
    ),
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": (kube, live) =>
    rollout(kube, live, numberAt(live, "spec", "replicas") ?? 1, "updatedReplicas", "readyReplicas"),
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": (_, live) =>
    listAt(live, "status", "loadBalancer", "ingress").length > 0 ? undefined : "no address yet",
};

function phase(live: Fields, ...wanted: readonly string[]): string | undefined {
  const seen = textAt(live, "status", "phase") ?? "no phase";
  return wanted.includes(seen) ? undefined : seen;
}

async function claim(kube: Kube, live: Fields): Promise<string | undefined> {
  const name = textAt(live, "spec", "storageClassName") ?? "";
  const storageClass =
    name === ""
      ? undefined
      : await kube.find({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name });
  const late = textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer";
  return late ? phase(live, "Pending", "Bound") : phase(live, "Bound");
}

async function pod(kube: Kube, live: Fields): Promise<string | undefined> {
  const seen = phase(live, "Succeeded");
  if (seen === undefined || condition(live, "Ready")?.status === "True") return undefined;
  const { name, namespace = "default" } = refOf(live);
  const labels = Object.entries(recordAt(live, "metadata", "labels")).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const problems = await podProblems(kube, namespace, labels.join(","));
  if (seen === "Failed") throw new Error(`pod ${namespace}/${name} failed: ${problems}`);
  return `${seen}: ${problems}`;
}

async function service(kube: Kube, live: Fields): Promise<string | undefined> {
  const { name, namespace } = refOf(live);
  const type = textAt(live, "spec", "type");
  if (type === "LoadBalancer" && listAt(live, "status", "loadBalancer", "ingress").length === 0)
    return "no address yet";
  const selects = Object.keys(recordAt(live, "spec", "selector")).length > 0;
  if (!selects || type === "ExternalName" || textAt(live, "spec", "clusterIP") === "None") return undefined;
  const slices = await kube.list("discovery.k8s.io/v1", "EndpointSlice", {
    ...(namespace === undefined ? {} : { namespace }),
    labelSelector: `kubernetes.io/service-name=${name}`,
  });
  const endpoints = slices.flatMap((slice) => listAt(slice, "endpoints"));
  const ready = endpoints.filter((endpoint) => at(endpoint, "conditions", "ready") !== false);
  return ready.length > 0 ? undefined : `${endpoints.length} endpoints, none ready`;
}

async function deployment(kube: Kube, live: Fields, applied: Fields): Promise<string | undefined> {
  const progressing = condition(live, "Progressing");
  // A deployment that did not roll out before still says so for a moment after its correction.
  const stale = progressing?.changed === condition(applied, "Progressing")?.changed;
  const waiting = await rollout(
    kube,
    live,
    numberAt(live, "spec", "replicas") ?? 1,
    "updatedReplicas",
    "availableReplicas",
  );
  const late = progressing?.reason === "ProgressDeadlineExceeded" && !stale;
  if (waiting !== undefined && waiting !== unobserved && late) {
    throw new Error(`${describeRef(refOf(live))} does not roll out: ${waiting}`);
  }
  return waiting;
}

/** The controller has not looked at the latest change, so the rest of the status is about an older one. */
const unobserved = "not yet observed";

async function rollout(
  kube: Kube,
  live: Fields,
  wanted: number | undefined,
  updatedField: string,
  readyField: string,
): Promise<string | undefined> {
  const observed = numberAt(live, "status", "observedGeneration") ?? 0;
  if (wanted === undefined || observed < (numberAt(live, "metadata", "generation") ?? 0)) return unobserved;
  const updated = numberAt(live, "status", updatedField) ?? 0;
  const ready = numberAt(live, "status", readyField) ?? 0;
  const old = (numberAt(live, "status", "replicas") ?? updated) > updated;
  if (updated >= wanted && ready >= wanted && !old) return undefined;
  const labels = Object.entries(recordAt(live, "spec", "selector", "matchLabels")).map(
    ([k, v]) => `${k}=${String(v)}`,
  );
  const problems = await podProblems(kube, refOf(live).namespace ?? "default", labels.join(","));
  return `of ${wanted} wanted ${updated} up to date, ${ready} ready${problems === "" ? "" : `; ${problems}`}`;
}

async function job(kube: Kube, live: Fields): Promise<string | undefined> {
  if (condition(live, "Complete")?.status === "True") return undefined;
  const { name, namespace = "default" } = refOf(live);
  const failed = condition(live, "Failed");
  const problems = await podProblems(kube, namespace, `batch.kubernetes.io/job-name=${name}`);
  if (failed?.status === "True") {
    throw new Error(`job ${namespace}/${name} failed: ${failed.reason} ${failed.message}: ${problems}`);
  }
  return `${numberAt(live, "status", "active") ?? 0} active; ${problems}`;
}

/** `condition=Type`, `condition=Type=Status`, `jsonpath={.a.b}` or `jsonpath={.a.b}=value`, or a JSON list of them. */
function unmet(live: Fields, waitFor: string): string | undefined {
  if (waitFor.startsWith("[")) {
    const all = parseJson(waitFor);
    const each = Array.isArray(all) ? all.map((one) => unmet(live, String(one))) : [];
    return each.find((one) => one !== undefined);
  }
  const byCondition = /^condition=([^=]+)(?:=(.+))?$/.exec(waitFor);
  if (byCondition !== null) {
    const seen = condition(live, byCondition[1] ?? "")?.status ?? "absent";
    return seen.toLowerCase() === (byCondition[2] ?? "True").toLowerCase()
      ? undefined
      : `${waitFor}: ${seen}`;
  }
  const byPath = /^jsonpath=\{((?:\.[\w-]+)+)\}(?:=(.*))?$/.exec(waitFor);
  if (byPath === null)
    throw new Error(`pulumi.com/waitFor "${waitFor}" is not supported by the stand-in engine`);
  const seen = at(live, ...(byPath[1] ?? "").slice(1).split("."));
  const met =
    byPath[2] === undefined ? seen !== undefined : JSON.stringify(seen) === byPath[2] || seen === byPath[2];
  return met ? undefined : `${waitFor}: ${seen === undefined ? "absent" : JSON.stringify(seen)}`;
}
