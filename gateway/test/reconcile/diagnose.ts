import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import type { ApplicationState } from "../../src/jobs/application.ts";
import type { Scene } from "../../src/reconcile/causes/cause.ts";
import { diagnose } from "../../src/reconcile/diagnose.ts";
import { application, event, pod, podIn } from "../support/kube-objects.ts";

interface Row {
  readonly scene: Partial<Scene>;
  readonly state: ApplicationState;
  readonly reason: RegExp;
  readonly hint: RegExp;
}

const driverFailed = "driver container failed with ExitCode: 1, Reason: Error";
const ended = (exitCode: number, message = "", reason = "Error"): object => ({
  terminated: { exitCode, reason, message },
});
const failed = (message: string): Partial<Scene> => ({
  application: application("FAILED", driverFailed),
  driver: podIn("driver", ended(1, message)),
});

/** Messages as Kubernetes 1.34, Spark Operator 2.5.2 and Spark 4.0 write them; those of pods were seen on a cluster. */
const rows: Readonly<Record<string, Row>> = {
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
  "a driver that the kernel killed": {
    scene: {
      application: application("FAILED", "driver container failed with ExitCode: 137, Reason: OOMKilled"),
      driver: podIn("driver", ended(137, "starts\nKilled\n", "OOMKilled"), { phase: "Failed" }),
    },
    state: "FAILED",
    reason: /^the driver was killed, being out of memory/,
    hint: /driver\.memoryOverhead/,
  },
  "a driver that somebody killed with SIGKILL": {
    scene: { application: application("FAILED"), driver: podIn("driver", ended(137)) },
    state: "FAILED",
    reason: /^the driver was killed, being out of memory/,
    hint: /driver\.memory/,
  },
  "a driver's heap that is full": {
    scene: failed(
      'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat a.b(C.java:1)',
    ),
    state: "FAILED",
    reason: /^the driver ran out of memory: Java heap space$/,
    hint: /driver\.memory/,
  },
  "an executor's heap that is full": {
    scene: failed(
      "org.apache.spark.SparkException: Job aborted due to stage failure: Lost task 0.3 in stage 1.0 (TID 7) (10.0.0.7 executor 2): java.lang.OutOfMemoryError: GC overhead limit exceeded",
    ),
    state: "FAILED",
    reason: /^an executor ran out of memory: GC overhead limit exceeded$/,
    hint: /executor\.memory/,
  },
  "an executor that was killed, in Spark's words": {
    scene: failed(
      "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: \nThe executor with id 1 exited with exit code 137(SIGKILL, possible container OOM).",
    ),
    state: "FAILED",
    reason: /^an executor was killed/,
    hint: /executor\.memoryOverhead/,
  },
  "an executor that was killed, in YARN's words": {
    scene: failed("Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB"),
    state: "FAILED",
    reason: /^an executor was killed/,
    hint: /executor\.memoryOverhead/,
  },
  "executors that were killed, and a driver that gave up": {
    scene: {
      ...failed("py4j.protocol.Py4JJavaError: An error occurred while calling o75.parquet.\n"),
      events: [
        event(
          "word-count-1f",
          "SparkExecutorFailed",
          "Executor [word-count-1f-exec-1] failed with ExitCode: 137, Reason: OOMKilled, Pod Message: ",
        ),
      ],
    },
    state: "FAILED",
    reason: /^an executor was killed/,
    hint: /executor\.memory/,
  },
  "an executor that was killed, and a program that failed for another reason": {
    scene: {
      ...failed('Traceback (most recent call last):\n  File "a.py", line 1\nValueError: no\n'),
      executors: [podIn("executor", ended(137, "", "OOMKilled"))],
    },
    state: "FAILED",
    reason: /^the program failed: ValueError: no$/,
    hint: /stack trace/,
  },
  "a quota that is used up": {
    scene: {
      application: application(
        "SUBMISSION_FAILED",
        'failed to submit spark application: failed to run spark-submit: Exception in thread "main" io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: https://10.0.0.1/api/v1/namespaces/analytics/pods. Message: pods "word-count-1f-driver" is forbidden: exceeded quota: team, requested: pods=1, used: pods=8, limited: pods=8. Received status: Status(code=403)\n\tat io.fabric8.kubernetes.client.dsl.internal.OperationSupport.requestFailure(OperationSupport.java:660)',
      ),
    },
    state: "RETRYING",
    reason: /^the namespace's quota is used up: exceeded quota: team, requested: pods=1/,
    hint: /other jobs/,
  },
  "a submission whose dependency is missing": {
    scene: {
      application: application(
        "FAILED",
        'failed to submit spark application: failed to run spark-submit: 26/11/24 12:00:00 WARN NativeCodeLoader: Unable to load\nException in thread "main" java.io.FileNotFoundException: No such file or directory: s3a://spark/code/lib.jar\n\tat org.apache.hadoop.fs.s3a.S3AFileSystem.s3GetFileStatus(S3AFileSystem.java:4156)',
      ),
    },
    state: "FAILED",
    reason: /^the submission failed: a file is missing: .*s3a:\/\/spark\/code\/lib\.jar$/,
    hint: /uploaded/,
  },
  "a submission that failed": {
    scene: {
      application: application(
        "FAILED",
        "failed to submit spark application: failed to run spark-submit: Error: Unrecognized option: --colour\n\nUsage: spark-submit [options]\n",
      ),
    },
    state: "FAILED",
    reason: /^the submission failed: .*spark-submit/,
    hint: /mainFile/,
  },
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
  "a program that is not there": {
    scene: failed(
      "python3: can't open file '/opt/spark/code/main.py': [Errno 2] No such file or directory\n",
    ),
    state: "FAILED",
    reason: /^a file is missing: \/opt\/spark\/code\/main\.py$/,
    hint: /path/,
  },
  "data that are not there": {
    scene: failed(
      "pyspark.errors.exceptions.captured.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3a://spark/datasets/none. SQLSTATE: 42K03\n",
    ),
    state: "FAILED",
    reason: /^a file is missing: s3a:\/\/spark\/datasets\/none$/,
    hint: /path/,
  },
  "a file on the driver that is not there": {
    scene: failed("java.nio.file.NoSuchFileException: /opt/spark/jars/none.jar\n\tat a.b"),
    state: "FAILED",
    reason: /^a file is missing: \/opt\/spark\/jars\/none\.jar$/,
    hint: /path/,
  },
  "data that are not the job's": {
    scene: failed("software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Status Code: 403)"),
    state: "FAILED",
    reason: /^access was denied: .*Status Code: 403/,
    hint: /datasets\//,
  },
  "a module that is not there": {
    scene: failed("Traceback (most recent call last):\nModuleNotFoundError: No module named 'pandas'\n"),
    state: "FAILED",
    reason: /^a Python module is missing: ModuleNotFoundError: No module named 'pandas'$/,
    hint: /image/,
  },
  "a Python program that failed": {
    scene: failed(
      'Traceback (most recent call last):\n  File "/opt/spark/code/main.py", line 3, in <module>\n    1/0\nZeroDivisionError: division by zero\n',
    ),
    state: "FAILED",
    reason: /^the program failed: ZeroDivisionError: division by zero$/,
    hint: /stack trace/,
  },
  "a Python program of which only the end is there": {
    scene: failed(
      '    main()\n  File "a.py", line 9, in main\nmylib.errors.BadInputError: row 7\n26/11/24 INFO x\n',
    ),
    state: "FAILED",
    reason: /^the program failed: mylib\.errors\.BadInputError: row 7$/,
    hint: /stack trace/,
  },
  "a Java program that failed": {
    scene: failed(
      'Exception in thread "main" java.lang.RuntimeException: no\n\tat a.b(C.java:1)\nCaused by: java.lang.IllegalStateException: closed\n\t... 12 more',
    ),
    state: "FAILED",
    reason: /^the program failed: java\.lang\.IllegalStateException: closed$/,
    hint: /stack trace/,
  },
  "a driver that says nothing": {
    scene: failed(""),
    state: "FAILED",
    reason: /^the driver ended with exit code 1$/,
    hint: /log/,
  },
  "a driver that was told to stop": {
    scene: { application: application("FAILED"), driver: podIn("driver", ended(143)) },
    state: "FAILED",
    reason: /exit code 143/,
    hint: /submit the job again/,
  },
  "an operator that says nothing": {
    scene: { application: application("FAILED") },
    state: "FAILED",
    reason: /does not say why/,
    hint: /submit the job again/,
  },
  "a node that does not answer": {
    scene: { application: application("UNKNOWN") },
    state: "UNKNOWN",
    reason: /does not answer/,
    hint: /^wait/,
  },
};

const whole = (scene: Partial<Scene>): Scene => ({
  application: application(""),
  driver: undefined,
  executors: [],
  events: [],
  ...scene,
});

for (const [what, { scene, state, reason, hint }] of Object.entries(rows)) {
  test(`${what}: a reason with one hint`, () => {
    const found = diagnose(whole(scene));
    assert.equal(found.state, state);
    assert.match(found.cause?.reason ?? "", reason);
    assert.match(found.cause?.hint ?? "", hint);
  });
}

test("what gets on, or ended well, has no reason", () => {
  const running = podIn("driver", { running: { startedAt: null } });
  const pending = podIn("executor", { waiting: { reason: "ImagePullBackOff", message: "no" } });
  for (const scene of [
    { application: application("") },
    {
      application: application("SUBMITTED"),
      driver: podIn("driver", { waiting: { reason: "ContainerCreating" } }),
    },
    { application: application("RUNNING"), driver: running },
    // One executor is enough to get on.
    {
      application: application("RUNNING"),
      executors: [pending, podIn("executor", { running: {} }, { phase: "Running" })],
    },
    { application: application("COMPLETED"), driver: podIn("driver", ended(137, "", "OOMKilled")) },
    { application: application("SUSPENDED") },
  ]) {
    assert.equal(diagnose(whole(scene)).cause, undefined);
  }
});

test("whatever a program says, a failure has a reason of one line that fits, and the same one each time", () => {
  const said = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        "Traceback (most recent call last):",
        "Caused by: ",
        "java.lang.OutOfMemoryError",
        "Error:",
      ),
    ),
  );
  fc.assert(
    fc.property(said, fc.integer({ min: 1, max: 255 }), fc.string(), (lines, exitCode, complaint) => {
      const scene = whole({
        application: application("FAILED", complaint),
        driver: podIn("driver", ended(exitCode, lines.join("\n"))),
      });
      const { cause } = diagnose(scene);
      assert.ok(cause !== undefined);
      assert.match(cause.reason, /^[^\n]{1,600}$/);
      assert.deepEqual(diagnose(scene).cause, cause);
    }),
  );
});

test("a submission's endless output is read in no time", () => {
  const complaint = `failed to submit spark application: ${"Access Denie ".repeat(200_000)}`;
  const started = performance.now();
  assert.ok(diagnose(whole({ application: application("FAILED", complaint) })).cause !== undefined);
  assert.ok(performance.now() - started < 2000);
});
