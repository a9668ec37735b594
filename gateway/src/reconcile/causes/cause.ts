import type { ObservedApplication, ObservedEvent, ObservedPod } from "../../kubernetes/objects.ts";

/** Why an application does not get on, and the one thing to do about it. */
export interface Cause {
  /** What happened, in the words of whoever saw it. */
  readonly reason: string;
  readonly hint: string;
}

/** All that there is to see of an application. */
export interface Scene {
  readonly application: ObservedApplication;
  /** The newest run's; undefined where there is none, yet or any more. */
  readonly driver: ObservedPod | undefined;
  readonly executors: readonly ObservedPod[];
  /** About the application and its pods, in any order. */
  readonly events: readonly ObservedEvent[];
}

type Container = ObservedPod["status"]["containerStatuses"][number];

/** The container that Spark runs in. */
export function sparkContainer(pod: ObservedPod | undefined): Container | undefined {
  return pod?.status.containerStatuses[0];
}

/** How the container ended last, if it did. */
export function endOf(pod: ObservedPod | undefined): Container["state"]["terminated"] {
  const container = sparkContainer(pod);
  return container?.state.terminated ?? container?.lastState.terminated;
}

const longest = 500;

/** A text as one line that fits a reason. */
export function shorten(text: string, characters = longest): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= characters ? line : `${line.slice(0, characters - 1)}…`;
}
