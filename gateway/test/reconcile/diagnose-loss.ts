import { ended, testRows } from "../support/diagnosed.ts";
import { application, pod, podIn } from "../support/kube-objects.ts";

// Messages as Kubernetes 1.34, Spark Operator 2.5.2 and Spark 4.0 write them; those of pods were seen on a cluster.
testRows({
  "a driver whose node is gone": {
    scene: {
      application: application("FAILED", "driver pod not found"),
    },
    state: "FAILED",
    reason: /^the driver was lost/,
    hint: /restart\.retries/,
  },
  "a driver that had to make room": {
    scene: {
      application: application("FAILED", "driver container failed with ExitCode: 143, Reason: Error"),
      driver: podIn("driver", ended(143), {
        phase: "Failed",
        conditions: [
          {
            type: "DisruptionTarget",
            status: "True",
            reason: "PreemptionByScheduler",
            message: "default-scheduler: preempting to accommodate a higher priority pod",
          },
        ],
      }),
    },
    state: "FAILED",
    reason: /^the driver word-count-1f-driver was lost: a pod of higher priority took its place/,
    hint: /restart\.retries/,
  },
  "a driver on a node that shut down": {
    scene: {
      application: application("FAILED"),
      driver: podIn("driver", ended(137), {
        reason: "Terminated",
        message: "Pod was terminated in response to imminent node shutdown.",
      }),
    },
    state: "FAILED",
    reason: /^the driver .* was lost: Pod was terminated in response to imminent node shutdown/,
    hint: /submit the job again/,
  },
  "a driver that was evicted for memory": {
    scene: {
      application: application("FAILED", "driver container status missing"),
      driver: pod("word-count-1f-driver", {
        phase: "Failed",
        reason: "Evicted",
        message: "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. ",
      }),
    },
    state: "FAILED",
    reason: /^the driver was evicted: The node was low on resource: memory/,
    hint: /driver\.memory/,
  },
  "a driver that was evicted for disk": {
    scene: {
      application: application("FAILED"),
      driver: pod("word-count-1f-driver", {
        reason: "Evicted",
        message: "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ",
      }),
    },
    state: "FAILED",
    reason: /^the driver was evicted/,
    hint: /disk/,
  },
  "a driver that was told to stop": {
    scene: { application: application("FAILED"), driver: podIn("driver", ended(143)) },
    state: "FAILED",
    reason: /exit code 143/,
    hint: /submit the job again/,
  },
  "a node that does not answer": {
    scene: { application: application("UNKNOWN") },
    state: "UNKNOWN",
    reason: /does not answer/,
    hint: /^wait/,
  },
});
