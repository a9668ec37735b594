/**
 * The states of an application. The gateway's own: QUEUED and CANCELLING, CANCELLED. The rest follow the Spark
 * Operator's, of which several mean the same to whoever waits for a job.
 */
export const applicationStates = [
  /** Waits here for its turn. */
  "QUEUED",
  /** Is in the cluster, and the operator has not submitted it yet. */
  "SUBMITTED",
  /** Its driver's pod waits for a node, an image, or its code. */
  "PENDING",
  "RUNNING",
  /** A run or a submission failed, and the operator tries again. */
  "RETRYING",
  /** An admin has suspended it in the cluster. */
  "SUSPENDED",
  /** Its driver cannot be asked, since its node does not answer. */
  "UNKNOWN",
  /** Somebody has cancelled it, and it is not gone yet. */
  "CANCELLING",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
] as const;

export type ApplicationState = (typeof applicationStates)[number];

const finalStates: readonly ApplicationState[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** Whether nothing follows. */
export function isFinal(state: ApplicationState): boolean {
  return finalStates.includes(state);
}

/**
 * Whether an application may go from one state to another. Who observes late, or twice, so changes nothing: what has
 * ended stays as it ended, nothing goes back into the queue, and only what was queued can be new in the cluster.
 * What is being cancelled can only end; where it ended by itself before it was gone, it keeps its own end.
 */
export function mayFollow(from: ApplicationState, to: ApplicationState): boolean {
  if (from === to || isFinal(from) || to === "QUEUED") return false;
  if (to === "SUBMITTED") return from === "QUEUED";
  return from !== "CANCELLING" || isFinal(to);
}

/** https://github.com/kubeflow/spark-operator/blob/v2.5.2/api/v1beta2/sparkapplication_types.go: ApplicationStateType */
const byOperatorState: Readonly<Record<string, ApplicationState>> = {
  "": "SUBMITTED",
  SUBMITTED: "PENDING",
  RUNNING: "RUNNING",
  COMPLETED: "SUCCEEDED",
  FAILED: "FAILED",
  SUBMISSION_FAILED: "RETRYING",
  PENDING_RERUN: "RETRYING",
  INVALIDATING: "RETRYING",
  // Both are on the way to an end, or to another run.
  SUCCEEDING: "RUNNING",
  FAILING: "RUNNING",
  SUSPENDING: "SUSPENDED",
  SUSPENDED: "SUSPENDED",
  RESUMING: "PENDING",
  UNKNOWN: "UNKNOWN",
};

/** The state that the operator's `status.applicationState.state` means; of one that is not known here, UNKNOWN. */
export function fromOperatorState(state: string | undefined): ApplicationState {
  const key = state ?? "";
  return (Object.hasOwn(byOperatorState, key) ? byOperatorState[key] : undefined) ?? "UNKNOWN";
}

/** Labels and annotations by which the gateway knows its applications again. Jobs cannot set labels of `spark-*`. */
export const gatewayLabel = { key: "spark-platform/submitted-by", value: "gateway" } as const;
export const gatewaySelector = `${gatewayLabel.key}=${gatewayLabel.value}`;
export const annotations = {
  /** The subject's name, which has characters that no label may. */
  owner: "spark-platform/owner",
  /** The job's name as the user gave it. */
  name: "spark-platform/job-name",
  /** Of the whole request, so that a retry is told from another request with the same key. */
  requestSha256: "spark-platform/request-sha256",
} as const;
