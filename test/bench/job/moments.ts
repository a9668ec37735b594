import { textAt, type Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { refOf, type Kube } from "../../../local/kube/kube.ts";
import { rounded } from "../bench.ts";
import { removeApplication } from "../remove-application.ts";

const pollMs = 100;
const timeoutMs = 300_000;

/** What there is to see of a job from outside, in the order in which it comes. */
const all = ["driver", "driverRuns", "executor", "executorRuns", "driverEnded", "completed"] as const;
type Moment = (typeof all)[number];

/** Seconds from the apply of an application to the moment that each was first seen. */
export type Moments = Readonly<Record<Moment, number>>;

/**
 * Submits an application and follows it to its end. Afterwards it is gone, with its pods.
 * @throws where it fails.
 */
export async function moments(kube: Kube, application: Fields): Promise<Moments> {
  const ref = refOf(application);
  const { namespace = "" } = ref;
  const labelSelector = `sparkoperator.k8s.io/app-name=${ref.name}`;
  const seen: Partial<Record<Moment, number>> = {};
  try {
    const begin = performance.now();
    await kube.apply(application, { fieldManager: "spark-platform-bench" });
    return await until(
      `${ref.name} to be COMPLETED`,
      timeoutMs,
      async () => {
        const pods = await kube.list("v1", "Pod", { namespace, labelSelector });
        const moment = latest(await kube.read(ref), pods);
        const seconds = rounded((performance.now() - begin) / 1000);
        // What was passed between two looks was passed by now.
        for (const passed of all.slice(0, moment === undefined ? 0 : all.indexOf(moment) + 1))
          seen[passed] ??= seconds;
        return complete(seen) ? { done: seen } : { waiting: moment ?? "no driver" };
      },
      pollMs,
    );
  } finally {
    await removeApplication(kube, ref);
  }
}

/** The last moment that has come. @throws where the application has failed. */
export function latest(application: Fields, pods: readonly Fields[]): Moment | undefined {
  const state = textAt(application, "status", "applicationState", "state") ?? "";
  if (state.includes("FAIL")) {
    const message = textAt(application, "status", "applicationState", "errorMessage") ?? "";
    throw new Error(`the application is ${state}: ${message}`);
  }
  if (state === "COMPLETED") return "completed";
  const phase = (role: string): string | undefined => {
    const pod = pods.find((each) => textAt(each, "metadata", "labels", "spark-role") === role);
    return pod && (textAt(pod, "status", "phase") ?? "Pending");
  };
  const driver = phase("driver");
  const executor = phase("executor");
  if (driver === "Succeeded" || driver === "Failed") return "driverEnded";
  if (executor !== undefined) return executor === "Pending" ? "executor" : "executorRuns";
  if (driver !== undefined) return driver === "Pending" ? "driver" : "driverRuns";
  return undefined;
}

function complete(seen: Partial<Record<Moment, number>>): seen is Moments {
  return all.every((moment) => seen[moment] !== undefined);
}
