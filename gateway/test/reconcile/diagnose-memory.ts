import { ended, failed, testRows } from "../support/diagnosed.ts";
import { application, event, podIn } from "../support/kube-objects.ts";

// Messages as Kubernetes 1.34, Spark Operator 2.5.2 and Spark 4.0 write them; those of pods were seen on a cluster.
testRows({
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
});
