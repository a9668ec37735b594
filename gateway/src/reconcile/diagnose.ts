import { fromOperatorState, type ApplicationState } from "../jobs/application.ts";
import type { Cause, Scene } from "./causes/cause.ts";
import { failureCause } from "./causes/failure.ts";
import { waitingCause } from "./causes/waiting.ts";

/** The state of an application, and why it does not get on, where it does not. */
export interface Diagnosis {
  readonly state: ApplicationState;
  readonly cause: Cause | undefined;
}

/**
 * What is the matter with an application. Of what is there now and nothing that was seen before: whoever asks after a
 * gap, or asks again, gets the same answer.
 */
export function diagnose(scene: Scene): Diagnosis {
  const state = fromOperatorState(scene.application.status?.applicationState?.state);
  return { state, cause: causeOf(state, scene) };
}

function causeOf(state: ApplicationState, scene: Scene): Cause | undefined {
  switch (state) {
    case "FAILED":
    case "RETRYING":
      return failureCause(scene);
    case "SUBMITTED":
    case "PENDING":
      return scene.driver && waitingCause(scene.driver, scene);
    case "RUNNING":
      return executorsWait(scene);
    case "UNKNOWN":
      return {
        reason: "the driver's node does not answer",
        hint: "wait: the node comes back, or Kubernetes gives the driver up after some minutes",
      };
    case "QUEUED":
    case "SUSPENDED":
    case "CANCELLING":
    case "SUCCEEDED":
    case "CANCELLED":
      return undefined;
  }
}

/** A driver that runs is of no use while none of its executors does. */
function executorsWait(scene: Scene): Cause | undefined {
  if (scene.executors.some(({ status }) => status.phase === "Running")) return undefined;
  for (const executor of scene.executors) {
    const cause = waitingCause(executor, scene);
    if (cause !== undefined) return cause;
  }
  return undefined;
}
