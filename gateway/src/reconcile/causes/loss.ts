import type { ObservedPod } from "../../kubernetes/objects.ts";
import { shorten, type Cause } from "./cause.ts";

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
const disruptions: Readonly<Record<string, string>> = {
  PreemptionByScheduler: "a pod of higher priority took its place",
  DeletionByTaintManager: "its node stopped answering or was tainted",
  EvictionByEvictionAPI: "its node is being emptied",
  DeletionByPodGC: "its node is gone",
  TerminationByKubelet: "its node shut down or ran short of a resource",
};

/** Who says in a pod's status that the pod was ended, and not by its own doing. */
const lostReasons =
  /^(Evicted|Preempting|NodeLost|NodeShutdown|Shutdown|Terminated|NodeAffinity|UnexpectedAdmissionError)$/;

/** Why a driver was taken away; undefined where it ended by itself. */
export function lossCause(driver: ObservedPod): Cause | undefined {
  const { status, metadata } = driver;
  const evicted = /low on resource: ([\w-]+)|exceeds (?:the total limit|the limit)/.exec(
    status.message ?? "",
  );
  if (status.reason === "Evicted" && evicted !== null) {
    return {
      reason: `the driver was evicted: ${shorten(status.message ?? "")}`,
      hint:
        evicted[1] === "memory"
          ? "raise driver.memory or driver.memoryOverhead, which reserves what the driver uses"
          : "write less to the pod's own disk, and results to the bucket",
    };
  }
  const target = status.conditions.find(
    ({ type, status: is }) => type === "DisruptionTarget" && is === "True",
  );
  if (target === undefined && !lostReasons.test(status.reason ?? "")) return undefined;
  const known = disruptions[target?.reason ?? ""];
  const said = shorten(target?.message ?? status.message ?? status.reason ?? "");
  return {
    reason: `the driver ${metadata.name} was lost: ${known === undefined ? said : `${known} (${said})`}`,
    hint: "submit the job again, or let it restart by itself with restart.retries",
  };
}
