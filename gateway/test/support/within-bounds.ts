import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { podTemplate } from "../../../jobs/manifest/pod-template.ts";
import { crdErrors } from "../../../test/support/crd-schema.ts";
import { at, listAt, recordAt, textAt } from "../../../local/kube/json.ts";
import { placement, platform as manifestPlatform } from "../../../test/jobs/manifest/samples.ts";
import { prepareSubmission, type PreparedSubmission } from "../../src/jobs/submission.ts";
import { samplePlatform } from "./job-samples.ts";

export const platform = samplePlatform({
  namespaces: {
    "team-a": { ...manifestPlatform, placement },
    "team-b": { ...manifestPlatform, namespace: "team-b", serviceAccount: "spark-b" },
  },
  storage: { bucket: "spark", region: "eu-central-1", pathStyle: true, uploads: "store" },
});

/** What becomes of a request of alice. */
export function prepare(body: unknown, idempotencyKey = "key"): ReturnType<typeof prepareSubmission> {
  return prepareSubmission({ body, owner: "alice", idempotencyKey, platform });
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
  /^spark\.hadoop\.fs\.s3a\.(?:endpoint.*|access.*|secret.*|session.*|aws.*|security.*|bucket.*|impl|path.*|ssl.*|proxy.*|assumed.*|signing.*|encryption.*|server-side.*)$/,
];
const committerKeys =
  /^spark\.hadoop\.fs\.s3a\.committer\.(?!threads$)|[cC]ommit(?:ter|Protocol)\.?[cC]lass$/;
const reservedVariable = /^(?:AWS_|SPARK_|PYSPARK_|HADOOP_|KUBERNETES_|PYTHONPATH$|PYTHONHOME$|JAVA_HOME$)/;
const reservedLabel = /(?:^|[.-])(?:k8s|kubernetes)\.io\/|^spark-/;
const location = /^(?:s3a:\/\/[a-z0-9][a-z0-9.-]+|local:\/\/)\/[A-Za-z0-9._=@+~/-]+(?:#[\w.-]+)?$/;

/** What jobs may set, written down apart from the allow-list too. */
const usersConf = [
  /^spark\.(?:sql|shuffle|reducer|broadcast|rdd|io|checkpoint|memory|storage|cleaner|serializer|kryo|kryoserializer)\./,
  /^spark\.(?:speculation|task|stage|scheduler|locality|excludeOnFailure|barrier|network|rpc|python)\./,
  /^spark\.(?:dynamicAllocation|executor\.decommission|hadoop\.parquet|hadoop\.fs\.s3a|ui\.retained\w+$)/,
  /^spark\.(?:serializer|speculation|default\.parallelism|decommission\.enabled|plugins|extraListeners)$/,
  /^spark\.(?:driver\.maxResultSize|(?:driver|executor)\.extraJavaOptions|executor\.(?:heartbeatInterval|pyspark\.memory))$/,
  /^spark\.(?:pyspark\.(?:driver\.)?python|ui\.showConsoleProgress|hadoop\.mapreduce\.input\.fileinputformat\.[\w.-]+)$/,
];

/** Asserts that a submission is only what the platform allows. */
export function assertWithinBounds(
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
  assertConf(spec.sparkConf, namespace, wished);

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
    const python = code !== undefined && "modules.zip" in { ...code.data, ...code.binaryData };
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

/** @param image the user's own, whose classes the platform knows nothing of. */
function assertConf(
  conf: Readonly<Record<string, string>>,
  namespace: string,
  image: string | undefined,
): void {
  const bare = bareConf(namespace, image);
  for (const key of Object.keys(conf)) {
    const allowed = Object.hasOwn(bare, key) || usersConf.some((form) => form.test(key));
    assert.ok(allowed || dynamicAllocation.test(key), key);
  }
  const isReserved = (key: string): boolean => reservedConf.some((pattern) => pattern.test(key));
  const platformsOwn = filtered(bare, isReserved);
  assert.ok(Object.keys(platformsOwn).length > 4);
  assert.deepEqual(filtered(conf, isReserved), platformsOwn);
  // All that the platform says of the committer, or that there is none.
  const committer = filtered(conf, (key) => committerKeys.test(key));
  const none =
    "spark.hadoop.fs.s3a.committer.name" in committer ? { "spark.hadoop.fs.s3a.committer.name": "file" } : {};
  const { committerConf } = platform.namespaces[namespace]?.storage ?? assert.fail(namespace);
  if (!isDeepStrictEqual(committer, committerConf)) assert.deepEqual(committer, none);
  for (const [key, value] of Object.entries(conf)) {
    // spark-submit takes a property apart at the first `=`.
    assert.deepEqual(/^([^=]*)=(.*)$/s.exec(`${key}=${value}`)?.slice(1), [key, value]);
    assert.match(key, /^spark\.[\w.-]+$/);
    assert.doesNotMatch(value, /[\p{Cc}\p{Cs}]/u, key);
    assert.ok(!value.includes("${"), key);
    if (key.endsWith("extraJavaOptions")) assert.ok(!value.includes("-Xmx"));
  }
}

const bareConfs = new Map<string, Readonly<Record<string, string>>>();

/** The properties of a job that sets none. */
function bareConf(namespace: string, image: string | undefined): Readonly<Record<string, string>> {
  const known = bareConfs.get(`${namespace} ${image ?? ""}`);
  if (known !== undefined) return known;
  const job = { name: "bare", mainFile: "s3a://data/code/main.py", ...(image !== undefined && { image }) };
  const bare = prepare({ namespace, job });
  assert.ok(bare.ok);
  const { sparkConf } = bare.value.manifest.spec;
  bareConfs.set(`${namespace} ${image ?? ""}`, sparkConf);
  return sparkConf;
}

/** Properties of the platform's for a job with dynamic allocation. */
const dynamicAllocation = /^spark\.(?:storage\.)?decommission\.[\w.]+$/;

/** Asserts that all of a request is in what became of it, as it was written. */
export function assertNothingDropped(
  body: unknown,
  { manifest, name, uploads, code }: PreparedSubmission,
): void {
  assert.ok(Object.keys(recordAt(body)).every((key) => ["namespace", "job", "code"].includes(key)));
  const job = recordAt(body, "job");
  const { spec, metadata } = manifest;
  assert.deepEqual(
    Object.keys(job).filter((key) => !jobFields.has(key)),
    [],
  );
  assert.equal(name, job["name"]);
  const asText = (record: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(recordAt(record)).map(([key, value]) => [key, String(value)]));
  const within = (whole: unknown, part: unknown): void => {
    assert.deepEqual({ ...recordAt(whole), ...recordAt(part) }, whole);
  };
  within(spec.sparkConf, asText(job["sparkConf"]));
  within(metadata.labels, job["labels"]);
  assert.deepEqual(spec.arguments, listAt(job, "arguments").map(String));
  if (job["mainFile"] !== undefined) assert.equal(spec.mainApplicationFile, job["mainFile"]);
  assert.equal(spec.mainClass, job["mainClass"]);
  const { pyFiles = [], ...deps } = spec.deps;
  const { pyFiles: wished = [], ...dependencies } = recordAt(job, "dependencies");
  for (const [kind, list] of Object.entries(dependencies)) assert.deepEqual(at(deps, kind) ?? [], list);
  assert.deepEqual(pyFiles.slice(uploads.filter(({ kind }) => kind === "zip").length), wished);
  // spark-submit gets each list in one argument.
  for (const list of [pyFiles, ...Object.values(deps)])
    assert.deepEqual(list.join(",").split(","), [...list].length === 0 ? [""] : list);
  for (const role of ["driver", "executor"] as const) {
    within(spec[role].envVars, asText(job["env"]));
    const secrets = Object.entries(recordAt(job, "secretEnv"));
    within(
      spec[role].envSecretKeyRefs,
      Object.fromEntries(
        secrets.map(([key, from]) => [key, { name: at(from, "secret"), key: at(from, "key") }]),
      ),
    );
    const { instances, ...size } = recordAt(job, role);
    within(spec[role], size);
    if (instances !== undefined) assert.equal(at(spec, role, "instances"), instances);
  }
  within(spec.dynamicAllocation ?? {}, job["dynamicAllocation"]);
  if (job["timeToLiveSeconds"] !== undefined) assert.equal(spec.timeToLiveSeconds, job["timeToLiveSeconds"]);
  if (job["sparkVersion"] !== undefined) assert.equal(spec.sparkVersion, job["sparkVersion"]);
  // Half of a surrogate pair would be U+FFFD for whoever reads the manifest, a carriage return gone for the driver.
  for (const text of [...spec.arguments, ...Object.values(spec.driver.envVars)])
    assert.doesNotMatch(text, /(?![\t\n])[\p{Cc}\p{Cs}]/u);
  const file = textAt(body, "code", "file", "text");
  if (file !== undefined) assert.equal(code?.data[spec.mainApplicationFile.split("/").at(-1) ?? ""], file);
  assert.equal(at(body, "code") === undefined, code === undefined && uploads.length === 0);
}

const jobFields = new Set([
  ...[
    "name",
    "sparkVersion",
    "image",
    "mainFile",
    "mainClass",
    "arguments",
    "dependencies",
    "driver",
    "executor",
  ],
  ...["dynamicAllocation", "sparkConf", "env", "secretEnv", "restart", "timeToLiveSeconds", "labels"],
]);

function filtered<T>(
  record: Readonly<Record<string, T>> | undefined,
  keep: (key: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => keep(key)));
}
