import type { ObservedPod } from "../../kubernetes/objects.ts";
import { shorten, sparkContainer, type Cause, type Scene } from "./cause.ts";

/**
 * Why a container waits for its image (kubelet: pkg/kubelet/images/types.go). A pull that fails is tried again for ever,
 * also where the name can never be right.
 */
const imageReasons: readonly string[] = [
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
];

/** Why a pod does not start; undefined where it just takes its time. */
export function waitingCause(pod: ObservedPod, { application, events }: Scene): Cause | undefined {
  const condition = pod.status.conditions.find(({ type }) => type === "PodScheduled");
  if (condition?.status === "False" && condition.reason === "Unschedulable") {
    return {
      // What follows is about taking the place of other pods.
      reason: `no node takes the pod ${pod.metadata.name}: ${shorten((condition.message ?? "").replace(/ (no new claims|preemption:).*/s, ""))}`,
      hint: "wait for a node that is being added, or ask for less CPU or memory",
    };
  }
  const waiting = sparkContainer(pod)?.state.waiting;
  if (waiting === undefined) return undefined;
  const { reason = "", message = reason } = waiting;
  if (imageReasons.includes(reason)) {
    return {
      reason: `the image ${application.spec.image ?? "of the job"} cannot be pulled: ${shorten(message)}`,
      hint: "check the image's name and tag, and that the cluster may pull it",
    };
  }
  if (reason === "CreateContainerConfigError") {
    return {
      reason: `the pod ${pod.metadata.name} lacks something: ${shorten(message)}`,
      hint: "create what is missing in the job's namespace, or take it out of secretEnv",
    };
  }
  if (/^(CreateContainerError|RunContainerError|CrashLoopBackOff)$/.test(reason)) {
    return {
      reason: `the container of ${pod.metadata.name} cannot start: ${shorten(message)}`,
      hint: "check that the image is one of Spark's",
    };
  }
  const unmounted = events.findLast(
    (event) => event.involvedObject.name === pod.metadata.name && event.reason === "FailedMount",
  );
  if (unmounted === undefined) return undefined;
  return {
    reason: `a volume of ${pod.metadata.name} cannot be mounted: ${shorten(unmounted.message)}`,
    hint: "submit the job again; if that does not help, tell an admin",
  };
}

/** When a pod that cannot have its image was given its node, in milliseconds; undefined where it has or may get it. */
export function imageAwaitedSince(pod: ObservedPod | undefined): number | undefined {
  if (!imageReasons.includes(sparkContainer(pod)?.state.waiting?.reason ?? "")) return undefined;
  const scheduled = pod?.status.conditions.find(({ type }) => type === "PodScheduled");
  return Date.parse(scheduled?.lastTransitionTime ?? pod?.metadata.creationTimestamp ?? "");
}
