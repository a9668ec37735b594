import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  resolveJob,
  scheduledSparkApplication,
  sparkApplication,
  standardDefaults,
} from "../../../jobs/manifest/index.ts";
import { jobs, mainFile, manifest, platform, resolved, versions } from "./samples.ts";

test("the smallest job", () => {
  const { metadata, spec } = manifest();
  assert.deepEqual(metadata, {
    name: "job",
    namespace: "team-a",
    labels: { "example.com/owner": "platform" },
  });
  assert.equal(spec.type, "Python");
  assert.equal(spec.mode, "cluster");
  assert.equal(spec.image, "registry.test/spark:4.0.4");
  assert.deepEqual(spec.imagePullSecrets, ["pull"]);
  assert.equal(spec.mainApplicationFile, mainFile);
  assert.equal(spec.executor.instances, 1);
  assert.equal("timeToLiveSeconds" in spec, false);
  assert.equal(spec.sparkConf["spark.eventLog.dir"], "s3a://spark/events/");
  assert.deepEqual(spec.restartPolicy, {
    type: "OnFailure",
    onFailureRetries: 0,
    onFailureRetryInterval: 10,
    onSubmissionFailureRetries: 3,
    onSubmissionFailureRetryInterval: 20,
  });
});

test("no driver makes a ConfigMap for its executors, whatever its image: it has no right to", () => {
  for (const wishes of [{}, { image: "team/app:1" }, { sparkVersion: "3.5.8" }])
    assert.equal(manifest(wishes).spec.sparkConf["spark.kubernetes.executor.disableConfigMap"], "true");
});

test("every wish is in the manifest", () => {
  const { metadata, spec } = manifest({
    name: "other",
    sparkVersion: "3.5.8",
    mainFile: "s3a://data/app.jar",
    mainClass: "org.example.Main",
    arguments: ["a b", 100, true],
    dependencies: { jars: ["s3a://data/a.jar"], archives: ["s3a://data/v.tar.gz#v"] },
    driver: { cores: 2, memory: "2g", memoryOverhead: "300m", coreRequest: "500m", coreLimit: "2" },
    executor: { cores: 3, memory: "3g", instances: 4 },
    sparkConf: { "spark.sql.shuffle.partitions": 8 },
    env: { STAGE: "test", LEVEL: 3 },
    secretEnv: { DB_PASSWORD: { secret: "warehouse", key: "password" } },
    restart: { policy: "Always", retryIntervalSeconds: 60 },
    timeToLiveSeconds: 60,
    labels: { team: "a", "example.com/owner": "me" },
  });
  assert.deepEqual(metadata.labels, { "example.com/owner": "platform", team: "a" });
  assert.equal(spec.sparkVersion, "3.5.8");
  assert.equal(spec.image, "registry.test/spark:3.5.8");
  assert.equal(spec.type, "Scala");
  assert.equal(spec.mainClass, "org.example.Main");
  assert.deepEqual(spec.arguments, ["a b", "100", "true"]);
  assert.deepEqual(spec.deps, { jars: ["s3a://data/a.jar"], archives: ["s3a://data/v.tar.gz#v"] });
  const { cores, memory, memoryOverhead, coreRequest, coreLimit } = spec.driver;
  assert.deepEqual([cores, memory, memoryOverhead, coreRequest, coreLimit], [2, "2g", "300m", "500m", "2"]);
  assert.deepEqual([spec.executor.cores, spec.executor.memory, spec.executor.instances], [3, "3g", 4]);
  assert.equal(spec.sparkConf["spark.sql.shuffle.partitions"], "8");
  for (const pod of [spec.driver, spec.executor]) {
    assert.deepEqual(pod.envVars, { AWS_REGION: "eu-central-1", LEVEL: "3", STAGE: "test" });
    assert.deepEqual(pod.envSecretKeyRefs, {
      AWS_ACCESS_KEY_ID: { name: "s3-jobs", key: "id" },
      DB_PASSWORD: { name: "warehouse", key: "password" },
    });
  }
  assert.deepEqual(spec.restartPolicy, {
    type: "Always",
    onFailureRetryInterval: 60,
    onSubmissionFailureRetryInterval: 20,
  });
  assert.equal(spec.timeToLiveSeconds, 60);
});

test("an image without a host is in the platform's registry", () => {
  assert.equal(manifest({ image: "team/app:1" }).spec.image, "registry.test/team/app:1");
  assert.equal(manifest({ image: "app:1" }).spec.image, "registry.test/app:1");
  assert.equal(manifest({ image: "host:5000/app:1" }).spec.image, "host:5000/app:1");
  assert.equal(manifest({ image: "localhost/app:1" }).spec.image, "localhost/app:1");
  assert.equal(manifest({ image: "ghcr.io/team/app:1" }).spec.image, "ghcr.io/team/app:1");
  const { registry, ...without } = platform;
  assert.equal(registry, "registry.test");
  assert.equal(sparkApplication(resolved({ image: "team/app:1" }), without).spec.image, "team/app:1");
});

test("executors are asked for at once, unless the stack's defaults say otherwise", () => {
  const key = "spark.kubernetes.allocation.batch.size";
  assert.equal(manifest({ executor: { instances: 50 } }).spec.sparkConf[key], "100");
  const few = resolveJob({ ...standardDefaults, sparkConf: { [key]: "5" } }, versions, {
    name: "job",
    mainFile,
  });
  assert.ok(few.ok);
  assert.equal(sparkApplication(few.value, platform).spec.sparkConf[key], "5");
});

test("dynamic allocation comes with shuffle tracking and decommissioning, and without a number of executors", () => {
  const { spec } = manifest({ dynamicAllocation: { minExecutors: 2 } });
  assert.deepEqual(spec.dynamicAllocation, {
    enabled: true,
    minExecutors: 2,
    maxExecutors: 8,
    initialExecutors: 2,
    shuffleTrackingEnabled: true,
  });
  assert.equal("instances" in spec.executor, false);
  assert.equal(spec.sparkConf["spark.storage.decommission.shuffleBlocks.enabled"], "true");
  assert.equal(manifest().spec.sparkConf["spark.decommission.enabled"], undefined);
});

test("dynamic allocation by default gives way to a number of executors", () => {
  const defaults = {
    ...standardDefaults,
    dynamicAllocation: { enabled: true, minExecutors: 0, maxExecutors: 3 },
  };
  const resolve = (wishes: object): unknown => {
    const result = resolveJob(defaults, versions, { name: "job", mainFile, ...wishes });
    return result.ok ? result.value.scaling : result;
  };
  assert.deepEqual(resolve({}), { kind: "dynamic", minExecutors: 0, maxExecutors: 3, initialExecutors: 0 });
  assert.deepEqual(resolve({ executor: { instances: 2 } }), { kind: "fixed", instances: 2 });
});

test("properties: base < defaults < storage < user, sorted", () => {
  const sparkConf = {
    "spark.eventLog.rolling.maxFileSize": "32m",
    "spark.hadoop.fs.s3a.endpoint": "wrong",
    "spark.b": "1",
  };
  const user = { "spark.hadoop.fs.s3a.retry.limit": 3 };
  const job = resolveJob({ ...standardDefaults, sparkConf }, versions, {
    name: "job",
    mainFile,
    sparkConf: user,
  });
  assert.ok(job.ok);
  const conf = sparkApplication(job.value, platform).spec.sparkConf;
  assert.equal(conf["spark.eventLog.rolling.maxFileSize"], "32m");
  assert.equal(conf["spark.hadoop.fs.s3a.endpoint"], "http://s3.test");
  assert.equal(conf["spark.hadoop.fs.s3a.retry.limit"], "3");
  assert.deepEqual(Object.keys(conf), Object.keys(conf).sort());
});

test("mounted code is read-only on both sides, and its modules are on PYTHONPATH, not in deps", () => {
  const job = resolveJob(standardDefaults, versions, { name: "job" }, { mountedCode: true });
  assert.ok(job.ok);
  const code = { configMap: "job-code", mainFile: "main.py", pyFiles: ["modules.zip", "a.py", "b.py"] };
  const { spec } = sparkApplication(job.value, platform, code);
  assert.equal(spec.mainApplicationFile, "local:///opt/spark/code/main.py");
  assert.deepEqual(spec.deps, {});
  for (const pod of [spec.driver, spec.executor]) {
    assert.equal(pod.envVars["PYTHONPATH"], "/opt/spark/code/modules.zip:/opt/spark/code");
    const [volume] = pod.template.spec.volumes ?? [];
    const [mount] = pod.template.spec.containers[0].volumeMounts ?? [];
    assert.deepEqual(volume, { name: mount?.name, configMap: { name: "job-code" } });
    assert.deepEqual([mount?.mountPath, mount?.readOnly], ["/opt/spark/code", true]);
  }
});

test("pods fit Pod Security restricted, and only drivers get a token", () => {
  const { driver, executor } = manifest().spec;
  assert.equal(driver.template.spec.containers[0].name, "spark-kubernetes-driver");
  assert.equal(executor.template.spec.containers[0].name, "spark-kubernetes-executor");
  assert.deepEqual(
    [driver, executor].map((pod) => pod.template.spec.automountServiceAccountToken),
    [true, false],
  );
  for (const { serviceAccount, template } of [driver, executor]) {
    assert.equal(serviceAccount, "spark");
    assert.equal(template.spec.enableServiceLinks, false);
    assert.deepEqual(template.spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 185,
      fsGroup: 185,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(template.spec.containers[0].securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
  }
});

test("a schedule wraps the same job", () => {
  const job = resolved({
    schedule: { cron: "30 4 * * 1-5", timeZone: "Europe/Berlin", failedRunHistoryLimit: 0 },
  });
  const { metadata, spec } = scheduledSparkApplication(job, platform);
  const { template, ...schedule } = spec;
  assert.equal(metadata.name, "job");
  assert.deepEqual(template, sparkApplication(job, platform).spec);
  assert.deepEqual(schedule, {
    schedule: "30 4 * * 1-5",
    timeZone: "Europe/Berlin",
    concurrencyPolicy: "Forbid",
    suspend: false,
    successfulRunHistoryLimit: 3,
    failedRunHistoryLimit: 0,
  });
});

test("a caller that does not keep to the contract is told", () => {
  assert.throws(() => scheduledSparkApplication(resolved(), platform), /no schedule/);
  assert.throws(() => sparkApplication(resolved(), { ...platform, images: {} }), /no image of Spark 4\.0\.4/);
  const code = { configMap: "c", mainFile: "main.py", pyFiles: [] };
  assert.throws(() => sparkApplication(resolved(), platform, code), /without mounted code/);
});

test("equal wishes give equal bytes, in whatever order they are written", () => {
  const reversed = (value: object): object => Object.fromEntries(Object.entries(value).reverse());
  fc.assert(
    fc.property(jobs, (spec) => {
      const emit = (wishes: object): string => {
        const job = resolveJob(standardDefaults, versions, wishes);
        assert.ok(job.ok, JSON.stringify(job));
        return JSON.stringify(sparkApplication(job.value, platform));
      };
      const other = { ...spec, ...(spec.env && { env: reversed(spec.env) }) };
      assert.equal(emit(reversed(other)), emit(spec));
    }),
  );
});
