import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { podTemplate } from "../../../jobs/manifest/pod-template.ts";
import { crdErrors } from "../../../test/support/crd-schema.ts";
import { isRecord, parseJson, textAt } from "../../../test/support/kube-json.ts";
import { jobs, placement, platform as manifestPlatform } from "../../../test/jobs/manifest/samples.ts";
import { prepareSubmission, type PreparedSubmission } from "../../src/jobs/submission.ts";
import { samplePlatform } from "../support/job-samples.ts";

const platform = samplePlatform({
  namespaces: {
    "team-a": { ...manifestPlatform, placement },
    "team-b": { ...manifestPlatform, namespace: "team-b", serviceAccount: "spark-b" },
  },
  storage: { bucket: "spark", region: "eu-central-1", pathStyle: true, uploads: "store" },
});

/** What somebody would like to slip in: keys and values that Kubernetes, the operator or Spark would act on. */
const hostile: readonly (readonly [key: string, value: unknown])[] = [
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
  ["spark.driver.extraJavaOptions", "-Dspark.master=local"],
  ["spark.driver.extraJavaOptions", "-Xmx100g"],
  ["spark.sql.shuffle.partitions", "${env:AWS_SECRET_ACCESS_KEY}"],
  ["spark.sql.x=1 --conf spark.master", "local"],
];

/** Requests that are right. */
const rightRequest: fc.Arbitrary<unknown> = fc
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
const places: readonly (readonly string[])[] = [
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

const attack: fc.Arbitrary<Attack> = fc
  .tuple(
    fc.constantFrom(...places),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...hostile) },
      { weight: 1, arbitrary: fc.tuple(fc.string(), fc.jsonValue()) },
    ),
  )
  .map(([place, [key, value]]) => ({ place, key, value }));

/** The request with a key set at a place, where objects are made as needed. */
function attacked(request: unknown, { place, key, value }: Attack): unknown {
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

function prepare(body: unknown): ReturnType<typeof prepareSubmission> {
  return prepareSubmission({ body, owner: "alice", idempotencyKey: "key", platform });
}

const knownSpec = new Set([
  ...["type", "mode", "sparkVersion", "image", "imagePullPolicy", "imagePullSecrets", "mainApplicationFile"],
  ...["mainClass", "arguments", "deps", "sparkConf", "driver", "executor", "dynamicAllocation"],
  ...["restartPolicy", "timeToLiveSeconds"],
]);
const knownPod = new Set([
  ...["cores", "coreRequest", "coreLimit", "memory", "memoryOverhead", "serviceAccount", "envVars"],
  ...["envSecretKeyRefs", "template", "instances", "deleteOnTermination"],
]);

/** What no job may set, written down apart from the allow-list that it is held against. */
const reservedConf = [
  /^spark\.(?:master|app\.name|submit\..*|jars.*|files|archives|kubernetes\..*|eventLog\..*|redaction\..*)$/,
  /^spark\.(?:executorEnv|yarn|authenticate|ssl|acls|admin|modify|history|metrics|io\.encryption)\b.*$/,
  /^spark\.(?:driver|executor)\.(?:extraClassPath|extraLibraryPath|memory.*|cores|instances|resource.*)$/,
  /^spark\.ui\.(?:filters|proxy.*|view.*|acls.*|reverseProxy.*|port|killEnabled)$/,
  /^spark\.hadoop\.fs\.(?!s3a\.).*$/,
  /^spark\.hadoop\.fs\.s3a\.(?:endpoint.*|access.*|secret.*|session.*|aws.*|security.*|bucket.*|impl|path.*|ssl.*|proxy.*|assumed.*|signing.*|encryption.*|server-side.*|committer.*)$/,
  /^spark\.sql\.sources\.commitProtocolClass$/,
];
const reservedVariable = /^(?:AWS_|SPARK_|PYSPARK_|HADOOP_|KUBERNETES_|PYTHONPATH$|PYTHONHOME$|JAVA_HOME$)/;
const reservedLabel = /(?:^|[.-])(?:k8s|kubernetes)\.io\/|^spark-/;
const location = /^(?:s3a:\/\/[a-z0-9][a-z0-9.-]+|local:\/\/)\/[^\s,*?{}[\]$\\]+$/;

/** Asserts that a submission is only what the platform allows. */
function assertWithinBounds(
  body: unknown,
  { id, namespace, manifest, code, uploads }: PreparedSubmission,
): void {
  assert.deepEqual(crdErrors(manifest), []);
  const own = platform.namespaces[namespace] ?? assert.fail(`${namespace} is not the platform's`);
  assert.equal(namespace, textAt(body, "namespace"));
  const { metadata, spec } = manifest;
  assert.deepEqual(Object.keys(metadata).sort(), ["annotations", "labels", "name", "namespace"]);
  assert.deepEqual([metadata.name, metadata.namespace], [id, namespace]);
  assert.deepEqual(
    filtered(metadata.labels, (key) => reservedLabel.test(key)),
    { "spark-platform/submitted-by": "gateway" },
  );
  assert.deepEqual(
    filtered(metadata.labels, (key) => Object.hasOwn(own.labels, key)),
    own.labels,
  );
  assert.equal(metadata.annotations["spark-platform/owner"], "alice");
  assert.equal(Object.keys(metadata.annotations).length, 3);

  assert.deepEqual(
    Object.keys(spec).filter((key) => !knownSpec.has(key)),
    [],
  );
  assert.equal(spec.mode, "cluster");
  assert.deepEqual(spec.imagePullSecrets, own.imagePullSecrets);
  const wished = textAt(body, "job", "image");
  if (wished === undefined) assert.equal(spec.image, own.images[spec.sparkVersion]);
  else assert.ok([wished, `${own.registry ?? ""}/${wished}`].includes(spec.image));
  assert.match(spec.image, /^[A-Za-z0-9./_:@-]+$/);
  assert.ok((spec.timeToLiveSeconds ?? Infinity) >= 600);
  for (const file of [spec.mainApplicationFile, ...Object.values(spec.deps).flat()]) {
    assert.match(file, location);
    assert.doesNotMatch(file, /\/\.{1,2}(?:\/|$)/);
  }
  assertConf(spec.sparkConf, namespace);

  const mounted = code && { configMap: id, mainFile: "a.py", pyFiles: ["modules.zip"] };
  for (const role of ["driver", "executor"] as const) {
    const pod = spec[role];
    assert.deepEqual(
      Object.keys(pod).filter((key) => !knownPod.has(key)),
      [],
    );
    assert.equal(pod.serviceAccount, own.serviceAccount);
    assert.deepEqual(pod.template, podTemplate(role, mounted, own.placement?.[role]));
    assert.ok((pod.template.spec.volumes?.length ?? 0) <= (code === undefined ? 0 : 1));
    const python = code !== undefined && "modules.zip" in code.binaryData;
    assert.deepEqual(
      filtered(pod.envVars, (key) => reservedVariable.test(key)),
      { ...own.storage.env, ...(python && { PYTHONPATH: "/opt/spark/code/modules.zip" }) },
    );
    assert.deepEqual(
      filtered(pod.envSecretKeyRefs, (key) => reservedVariable.test(key)),
      { AWS_ACCESS_KEY_ID: { name: "s3-jobs", key: "id" } },
    );
  }
  for (const { sha256 } of uploads) assert.match(sha256, /^[0-9a-f]{64}$/);
}

function assertConf(conf: Readonly<Record<string, string>>, namespace: string): void {
  const bare = prepare({ namespace, job: { name: "bare", mainFile: "s3a://data/code/main.py" } });
  assert.ok(bare.ok);
  const isReserved = (key: string): boolean => reservedConf.some((pattern) => pattern.test(key));
  const platformsOwn = filtered(bare.value.manifest.spec.sparkConf, isReserved);
  assert.ok(Object.keys(platformsOwn).length > 4);
  assert.deepEqual(filtered(conf, isReserved), platformsOwn);
  for (const [key, value] of Object.entries(conf)) {
    assert.match(key, /^spark\.[\w.-]+$/);
    assert.ok(!value.includes("${"), key);
    if (key.endsWith("extraJavaOptions")) assert.doesNotMatch(value, /-Dspark|-Xm[xs]/);
  }
}

function filtered<T>(
  record: Readonly<Record<string, T>> | undefined,
  keep: (key: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => keep(key)));
}

test("whatever is sent, it is refused, or becomes an application within the platform's bounds", () => {
  const seen = { accepted: 0, refused: 0 };
  const request = fc
    .tuple(rightRequest, fc.array(attack, { maxLength: 2 }))
    .map(([right, attacks]) => attacks.reduce<unknown>(attacked, right));
  fc.assert(
    fc.property(request, (body) => {
      const result = prepare(body);
      seen[result.ok ? "accepted" : "refused"]++;
      if (result.ok) assertWithinBounds(body, result.value);
      else assert.ok(result.violations.length > 0);
    }),
    { numRuns: 1500 },
  );
  assert.ok(seen.accepted > 150 && seen.refused > 150, JSON.stringify(seen));
});

test("each attack alone, at each place, is refused or has no effect", () => {
  const right = { namespace: "team-a", job: { name: "j", mainFile: "s3a://data/code/main.py" } };
  assert.ok(prepare(right).ok);
  for (const place of places) {
    for (const [key, value] of hostile) {
      const body = attacked(right, { place, key, value });
      const result = prepare(body);
      if (result.ok) assertWithinBounds(body, result.value);
      else assert.ok(result.violations.every(({ problem, expected }) => problem !== "" && expected !== ""));
    }
  }
});

test("any JSON at all is answered", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (job, code) => {
      for (const body of [job, { namespace: "team-a", job, code }, { namespace: job, job: code }]) {
        const result = prepare(body);
        if (result.ok) assertWithinBounds(body, result.value);
        else assert.ok(result.violations.length > 0);
      }
    }),
  );
});
