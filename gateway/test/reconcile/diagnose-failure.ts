import { failed, testRows } from "../support/diagnosed.ts";
import { application } from "../support/kube-objects.ts";

// Messages as Kubernetes 1.34, Spark Operator 2.5.2 and Spark 4.0 write them; those of pods were seen on a cluster.
testRows({
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
  "an operator that says nothing": {
    scene: { application: application("FAILED") },
    state: "FAILED",
    reason: /does not say why/,
    hint: /submit the job again/,
  },
});
