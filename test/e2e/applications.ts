import { listAt, numberAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { Kube, ObjectRef } from "../../local/kube/kube.ts";

export const sparkGroup = "sparkoperator.k8s.io/v1beta2";

/** A SparkApplication as a reader of the test's report wants it. */
export interface Application {
  readonly name: string;
  readonly state: string;
  /** The operator's reason, empty while there is none. */
  readonly reason: string;
  /** Spark's own id of the last run. */
  readonly sparkId: string;
  readonly attempts: number;
  /** From the first submission to the end, in seconds. */
  readonly seconds: number | undefined;
  readonly driverPod: string;
}

export function sparkRef(namespace: string, name: string, kind = "SparkApplication"): ObjectRef {
  return { apiVersion: sparkGroup, kind, namespace, name };
}

const ended = ["COMPLETED", "FAILED"];

/** Waits until the application is in one of the states; another end is an error with its reason. */
export async function application(
  kube: Kube,
  namespace: string,
  name: string,
  states: readonly string[],
  timeoutMs = 600_000,
): Promise<Application> {
  return until(`${name} to be ${states.join(" or ")}`, timeoutMs, async () => {
    const object = await kube.find(sparkRef(namespace, name));
    if (object === undefined) return { waiting: "it is not there" };
    const seen = read(name, object);
    if (states.includes(seen.state)) return { done: seen };
    if (!ended.includes(seen.state)) return { waiting: describeApplication(seen) };
    const tail = await driverMessage(kube, namespace, seen.driverPod);
    throw new Error(`${describeApplication(seen)}\n${tail}`);
  });
}

/** What the driver's container said when it ended. */
export async function driverMessage(kube: Kube, namespace: string, pod: string): Promise<string> {
  const object = await kube.find({ apiVersion: "v1", kind: "Pod", namespace, name: pod });
  if (object === undefined) return `no pod ${pod}`;
  const [container] = listAt(object, "status", "containerStatuses");
  return textAt(container, "state", "terminated", "message") ?? "";
}

/** All that a pod has said that is there, such as a driver. */
export async function podLog(kube: Kube, namespace: string, pod: string): Promise<string> {
  const path = await kube.pathOf({ apiVersion: "v1", kind: "Pod", namespace, name: pod });
  return String(await kube.request("GET", `${path}/log`));
}

/** One line for the report. */
export function describeApplication(seen: Application): string {
  const duration = seen.seconds === undefined ? "" : ` after ${seen.seconds} s`;
  return `${seen.name}: ${seen.state}${duration}${seen.reason === "" ? "" : `, ${seen.reason}`}`;
}

function read(name: string, object: Fields): Application {
  const status = recordAt(object, "status");
  const begin = textAt(object, "metadata", "creationTimestamp");
  const end = textAt(status, "terminationTime");
  return {
    name,
    state: textAt(status, "applicationState", "state") ?? "NEW",
    reason: textAt(status, "applicationState", "errorMessage") ?? "",
    sparkId: textAt(status, "sparkApplicationId") ?? "",
    attempts: numberAt(status, "executionAttempts") ?? 0,
    seconds: begin && end ? (Date.parse(end) - Date.parse(begin)) / 1000 : undefined,
    driverPod: textAt(status, "driverInfo", "podName") ?? "",
  };
}
