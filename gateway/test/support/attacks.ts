import fc from "fast-check";

import { isRecord, parseJson } from "../../../local/kube/json.ts";
import { jobs } from "../../../test/jobs/manifest/samples.ts";

/** What somebody would like to slip in: keys and values that Kubernetes, the operator or Spark would act on. */
export const hostile: readonly (readonly [key: string, value: unknown])[] = [
  ["serviceAccount", "root"],
  ["serviceAccountName", "root"],
  ["namespace", "kube-system"],
  ["template", { spec: { hostPID: true, containers: [{ name: "c", image: "evil/x:1" }] } }],
  ["volumes", [{ name: "host", hostPath: { path: "/" } }]],
  ["volumeMounts", [{ name: "host", mountPath: "/host" }]],
  ["hostNetwork", true],
  ["securityContext", { privileged: true }],
  ["podSecurityContext", { runAsUser: 0 }],
  ["initContainers", [{ name: "i", image: "evil/x:1" }]],
  ["sidecars", [{ name: "s", image: "evil/x:1" }]],
  ["tolerations", [{ operator: "Exists" }]],
  ["nodeSelector", { "kubernetes.io/os": "linux" }],
  ["priorityClassName", "system-node-critical"],
  ["envFrom", [{ secretRef: { name: "s3-jobs" } }]],
  ["envSecretKeyRefs", { KEY: { name: "other", key: "k" } }],
  ["secrets", [{ name: "tls", path: "/x", secretType: "Generic" }]],
  ["configMaps", [{ name: "c", path: "/x" }]],
  ["javaOptions", "-Dspark.master=local"],
  ["hadoopConf", { "fs.s3a.endpoint": "http://evil.test" }],
  ["sparkConfigMap", "other"],
  ["hadoopConfigMap", "other"],
  ["proxyUser", "root"],
  ["mode", "client"],
  ["type", "R"],
  ["imagePullSecrets", ["other"]],
  ["batchScheduler", "volcano"],
  ["monitoring", { exposeDriverMetrics: true, prometheus: { jmxExporterJar: "/x" } }],
  ["metadata", { namespace: "kube-system", ownerReferences: [] }],
  ["annotations", { "spark-platform/owner": "bob" }],
  ["deps", { repositories: ["http://evil.test"], packages: ["a:b:1"] }],
  ["packages", ["a:b:1"]],
  ["repositories", ["http://evil.test"]],
  ["image", "evil"],
  ["image", "evil/x:1 --privileged"],
  ["mainFile", "file:///etc/shadow.py"],
  ["mainFile", "/etc/shadow.py"],
  ["mainFile", "https://evil.test/x.py"],
  ["mainFile", "s3a://data/../x.py"],
  ["jars", ["file:///root/x.jar"]],
  ["pyFiles", ["local:///x.py,file:///etc/shadow"]],
  ["files", ["http://169.254.169.254/latest"]],
  ["archives", ["hdfs://evil/x.zip"]],
  ["name", "x --conf spark.master=local"],
  ["schedule", { cron: "@every 1s" }],
  ["timeToLiveSeconds", 1],
  ["__proto__", { serviceAccount: "root" }],
  ["constructor", { name: "x" }],
  ["AWS_ACCESS_KEY_ID", "mine"],
  ["AWS_REGION", { secret: "s", key: "k" }],
  ["SPARK_USER", "root"],
  ["PYTHONPATH", "/x"],
  ["HADOOP_CONF_DIR", "/x"],
  ["KUBERNETES_SERVICE_HOST", "evil.test"],
  ["spark-platform/submitted-by", "me"],
  ["example.com/owner", "me"],
  ["spark-role", "driver"],
  ["sparkoperator.k8s.io/app-name", "other"],
  ["kueue.x-k8s.io/queue-name", "other"],
  ["spark.master", "local[*]"],
  ["spark.submit.deployMode", "client"],
  ["spark.submit.pyFiles", "file:///etc/shadow"],
  ["spark.jars", "file:///x.jar"],
  ["spark.jars.packages", "a:b:1"],
  ["spark.jars.ivySettings", "/x"],
  ["spark.files", "file:///etc/shadow"],
  ["spark.archives", "file:///x.zip"],
  ["spark.kubernetes.namespace", "kube-system"],
  ["spark.kubernetes.authenticate.driver.serviceAccountName", "root"],
  ["spark.kubernetes.driver.podTemplateFile", "/x"],
  ["spark.kubernetes.executor.podTemplateFile", "s3a://data/x"],
  ["spark.kubernetes.driver.volumes.hostPath.host.mount.path", "/host"],
  ["spark.kubernetes.executor.volumes.hostPath.host.options.path", "/"],
  ["spark.kubernetes.driver.secretKeyRef.X", "s:k"],
  ["spark.kubernetes.container.image", "evil/x:1"],
  ["spark.kubernetes.driverEnv.AWS_ACCESS_KEY_ID", "mine"],
  ["spark.executorEnv.AWS_ACCESS_KEY_ID", "mine"],
  ["spark.hadoop.fs.s3a.endpoint", "http://evil.test"],
  ["spark.hadoop.fs.s3a.access.key", "mine"],
  ["spark.hadoop.fs.s3a.aws.credentials.provider", "evil.Provider"],
  ["spark.hadoop.fs.s3a.bucket.spark.endpoint", "http://evil.test"],
  ["spark.hadoop.fs.file.impl", "evil.Fs"],
  ["spark.eventLog.enabled", "false"],
  ["spark.eventLog.dir", "s3a://data/x"],
  ["spark.ui.filters", ""],
  ["spark.ui.proxyBase", "/x"],
  ["spark.redaction.regex", "^$"],
  ["spark.driver.extraClassPath", "/x"],
  ["spark.sql.sources.commitProtocolClass", "evil.Committer"],
  ["spark.sql.sources.outputCommitterClass", "evil.Committer"],
  ["spark.hadoop.fs.s3a.committer.name", "evil"],
  ["spark.hadoop.fs.s3a.committer.abort.pending.uploads", "true"],
  ["spark.driver.extraJavaOptions", "-Xmx100g"],
  ["spark.executor.extraJavaOptions", "-Dspark.ui.port=1"],
  ["spark.sql.shuffle.partitions", "${env:AWS_SECRET_ACCESS_KEY}"],
  ["spark.sql.x=1 --conf spark.master", "local"],
];

/** Requests that are right. */
export const rightRequest: fc.Arbitrary<unknown> = fc
  .record({
    namespace: fc.constantFrom("team-a", "team-b"),
    job: jobs,
    code: fc.constantFrom(
      undefined,
      { file: { name: "a.py", text: "x = 1\n" } },
      { folder: { main: "a.py", files: { "a.py": { text: "import b\n" }, "b.py": { base64: "eCA9IDE=" } } } },
      { upload: { main: "a".repeat(64), modules: "b".repeat(64) } },
    ),
  })
  .map(({ namespace, job: { mainFile, mainClass, timeToLiveSeconds, ...job }, code }) => ({
    namespace,
    job: {
      ...job,
      ...(code === undefined && { mainFile, ...(mainClass !== undefined && { mainClass }) }),
      ...(timeToLiveSeconds !== undefined && { timeToLiveSeconds: timeToLiveSeconds + 600 }),
      // Of another kind of job.
      schedule: undefined,
    },
    ...(code !== undefined && { code }),
  }))
  .map((request) => parseJson(JSON.stringify(request)));

/** Places where an attack may be put, beside whatever objects a request has; these also where it had none. */
export const places: readonly (readonly string[])[] = [
  [],
  ["job"],
  ["code"],
  ...["driver", "executor", "dependencies", "sparkConf", "env", "secretEnv", "labels", "restart"].map(
    (field) => ["job", field],
  ),
  ["job", "dynamicAllocation"],
  ["job", "driver", "template"],
];

interface Attack {
  readonly place: readonly string[];
  readonly key: string;
  readonly value: unknown;
}

export const attack: fc.Arbitrary<Attack> = fc
  .tuple(
    fc.constantFrom(...places),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...hostile) },
      { weight: 1, arbitrary: fc.tuple(fc.string(), fc.jsonValue()) },
    ),
  )
  .map(([place, [key, value]]) => ({ place, key, value }));

/** The request with a key set at a place, where objects are made as needed. */
export function attacked(request: unknown, { place, key, value }: Attack): unknown {
  const [step, ...rest] = place;
  const fields = isRecord(request) ? Object.entries(request) : [];
  const [name, inner] =
    step === undefined
      ? [key, value]
      : [step, attacked(isRecord(request) ? request[step] : undefined, { place: rest, key, value })];
  // As JSON.parse would: a key of any name is a key like others.
  const json = [...fields.filter(([other]) => other !== name), [name, inner] as const].map(
    ([each, content]) => `${JSON.stringify(each)}:${JSON.stringify(content)}`,
  );
  return parseJson(`{${json.join(",")}}`);
}
