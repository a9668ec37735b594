import type { Kube } from "../../../local/kube/kube.ts";
import { median, percentile, rounded } from "../bench.ts";
import { MemoryWatch } from "../memory.ts";
import { timeToDriver } from "../start/time-to-driver.ts";
import { unschedulable } from "../throughput/burst.ts";
import { podNames, scaleOperator, secondsToLookAt, type Component } from "./operator-pods.ts";

const submissions = 15;

export interface OperatorFigures {
  /** Seconds in which an operator that starts anew has looked at all applications. */
  readonly startSeconds: number;
  /** Seconds from a submission to its driver's pod. */
  readonly driver: { readonly p50: number; readonly p99: number };
  /** The most that each part held while nothing was submitted, in MiB: of the webhook, with submissions, since it reads the applications for the first of them. */
  readonly heldMiB: Readonly<Record<Component, number>>;
  /** The most that the controller held with the submissions, each of which is a process in it. */
  readonly submittingMiB: number;
}

/** Starts the operator, which was at no pods, among so many applications, and submits some to it, one after the other. */
export async function operatorFigures(
  kube: Kube,
  operators: string,
  jobs: string,
  count: number,
): Promise<OperatorFigures> {
  const start = await whileWatched(kube, operators, "controller", async () => {
    await scaleOperator(kube, operators, 1);
    return secondsToLookAt(kube, operators, count);
  });
  const driver = await whileWatched(kube, operators, "controller", () =>
    whileWatched(kube, operators, "webhook", () => drivers(kube, jobs)),
  );
  return {
    startSeconds: rounded(start.done),
    driver: driver.done.done,
    heldMiB: { controller: start.mostMiB, webhook: driver.done.mostMiB },
    submittingMiB: driver.mostMiB,
  };
}

async function drivers(kube: Kube, namespace: string): Promise<OperatorFigures["driver"]> {
  const one = (name: string): Promise<number> =>
    timeToDriver(kube, unschedulable(namespace, name), ["Pending"]);
  // Not counted: for the first pod, the webhook has to read all applications.
  await one("first");
  const seconds: number[] = [];
  while (seconds.length < submissions) seconds.push(await one(`next-${seconds.length}`));
  return { p50: rounded(median(seconds)), p99: rounded(percentile(99, seconds)) };
}

/** What comes of the work, and the most that the pod held until it was done. */
async function whileWatched<T>(
  kube: Kube,
  operators: string,
  component: Component,
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly mostMiB: number }> {
  const watch = new MemoryWatch(kube, operators, podNames[component]);
  try {
    const done = await work();
    await watch.lookedAgain();
    watch.stop();
    return { done, mostMiB: rounded(await watch.most()) };
  } finally {
    watch.stop();
  }
}
