import type { Fields } from "../../../local/kube/json.ts";
import { textAt } from "../../../local/kube/json.ts";
import { until, type Probed } from "../../../local/kube/wait.ts";
import { refOf, type Kube } from "../../../local/kube/kube.ts";
import { removeApplication } from "../remove-application.ts";

const pollMs = 100;
const timeoutMs = 180_000;

/**
 * Submits an application and returns the seconds until its driver's pod is in one of the phases: by default running, or
 * has run, since a short program may end between two looks. Afterwards the application and its pods are gone, so that the
 * next one has the machine.
 */
export async function timeToDriver(
  kube: Kube,
  application: Fields,
  phases: readonly string[] = ["Running", "Succeeded"],
): Promise<number> {
  const ref = refOf(application);
  const pod = { apiVersion: "v1", kind: "Pod", namespace: ref.namespace, name: `${ref.name}-driver` };
  try {
    const begin = performance.now();
    await kube.apply(application, { fieldManager: "spark-platform-bench" });
    await until(
      `the driver of ${ref.name} to be ${phases.join(" or ")}`,
      timeoutMs,
      () => driver(kube, pod, phases),
      pollMs,
    );
    return (performance.now() - begin) / 1000;
  } finally {
    await removeApplication(kube, ref);
  }
}

type Driver = Parameters<Kube["find"]>[0];

async function driver(kube: Kube, pod: Driver, phases: readonly string[]): Promise<Probed<string>> {
  const phase = textAt(await kube.find(pod), "status", "phase") ?? "not there";
  if (phase === "Failed") throw new Error(`pod ${pod.name} failed before it was seen ${phases.join(" or ")}`);
  return phases.includes(phase) ? { done: phase } : { waiting: `its pod is ${phase}` };
}
