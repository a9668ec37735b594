import { testRows } from "../support/diagnosed.ts";
import { application, event, pod, podIn } from "../support/kube-objects.ts";

// Messages as Kubernetes 1.34, Spark Operator 2.5.2 and Spark 4.0 write them; those of pods were seen on a cluster.
testRows({
  "an image that is not there": {
    scene: {
      application: application("SUBMITTED"),
      driver: podIn("driver", {
        waiting: {
          reason: "ImagePullBackOff",
          message:
            'Back-off pulling image "registry.test/spark:4.0.4": ErrImagePull: failed to pull and unpack image "registry.test/spark:4.0.4": failed to resolve reference "registry.test/spark:4.0.4": registry.test/spark:4.0.4: not found',
        },
      }),
    },
    state: "PENDING",
    reason: /^the image registry\.test\/spark:4\.0\.4 cannot be pulled: Back-off.*not found$/,
    hint: /name and tag/,
  },
  "an image whose name is none": {
    scene: {
      application: application("SUBMITTED"),
      driver: podIn("driver", {
        waiting: { reason: "InvalidImageName", message: 'couldn\'t parse image name "LOCAL//x"' },
      }),
    },
    state: "PENDING",
    reason: /cannot be pulled: couldn't parse image name "LOCAL/,
    hint: /name and tag/,
  },
  "a cluster without room": {
    scene: {
      application: application("SUBMITTED"),
      driver: pod("word-count-1f-driver", {
        phase: "Pending",
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message:
              "0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
          },
        ],
      }),
    },
    state: "PENDING",
    reason: /^no node takes the pod word-count-1f-driver: 0\/1 nodes are available: 1 Insufficient memory\.$/,
    hint: /less CPU or memory/,
  },
  "a secret that is not there": {
    scene: {
      application: application("SUBMITTED"),
      driver: podIn("driver", {
        waiting: { reason: "CreateContainerConfigError", message: 'secret "absent" not found' },
      }),
    },
    state: "PENDING",
    reason: /lacks something: secret "absent" not found/,
    hint: /secretEnv/,
  },
  "a volume that cannot be mounted": {
    scene: {
      application: application("SUBMITTED"),
      driver: podIn("driver", { waiting: { reason: "ContainerCreating" } }),
      events: [
        event(
          "word-count-1f-driver",
          "FailedMount",
          'MountVolume.SetUp failed for volume "spark-code" : configmap "absent" not found',
        ),
        event("another", "FailedMount", "not ours"),
      ],
    },
    state: "PENDING",
    reason: /configmap "absent" not found/,
    hint: /submit the job again/,
  },
  "executors without room": {
    scene: {
      application: application("RUNNING"),
      driver: podIn("driver", { running: { startedAt: null } }),
      executors: [
        pod("word-count-1f-exec-1", {
          conditions: [
            { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" },
          ],
        }),
      ],
    },
    state: "RUNNING",
    reason: /word-count-1f-exec-1: 0\/3 nodes/,
    hint: /less CPU/,
  },
});
