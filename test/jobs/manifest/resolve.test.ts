import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { z } from "zod";

import { formatViolations, jobSchema, resolveJob, standardDefaults } from "../../../jobs/manifest/index.ts";
import { maxJobNameCharacters, maxScheduledJobNameCharacters } from "../../../jobs/manifest/names.ts";
import { mainFile, paths, resolved, versions, violations } from "./samples.ts";

test("a name and a program are enough", () => {
  const job = resolved();
  assert.equal(job.sparkVersion, standardDefaults.sparkVersion);
  assert.deepEqual(job.driver, standardDefaults.driver);
  assert.deepEqual(job.scaling, { kind: "fixed", instances: 1 });
  assert.deepEqual(job.restart, standardDefaults.restart);
  assert.equal(job.schedule, undefined);
});

test("a wish replaces one default and leaves the others", () => {
  const job = resolved({
    driver: { memory: "3g" },
    restart: { retries: 2 },
    schedule: { cron: "@daily", suspend: true },
  });
  assert.deepEqual(job.driver, { cores: 1, memory: "3g" });
  assert.deepEqual(job.restart, { ...standardDefaults.restart, retries: 2 });
  assert.deepEqual(job.schedule, { ...standardDefaults.schedule, cron: "@daily", suspend: true });
});

test("all problems come at once, those of fields with those between them", () => {
  const found = violations({
    name: "Bad_Name",
    sparkVersion: "2.0",
    executor: { memory: "lots", corez: 1 },
    sparkConf: { "spark.master": "x", "spark.hadoop.fs.s3a.retry.limit": "1000000" },
    restart: { policy: "Never", retries: 3 },
    extra: 1,
  });
  assert.deepEqual([...paths(found)].sort(), [
    "executor.corez",
    "executor.memory",
    "extra",
    "name",
    "restart.retries",
    'sparkConf["spark.hadoop.fs.s3a.retry.limit"]',
    'sparkConf["spark.master"]',
    "sparkVersion",
  ]);
  const corez = found.find(({ path }) => path === "executor.corez");
  assert.match(corez?.expected ?? "", /^"cores"/);
  const memory = found.find(({ path }) => path === "executor.memory");
  assert.match(memory?.problem ?? "", /"lots"/);
  assert.match(memory?.expected ?? "", /"2g"/);
  assert.match(formatViolations(found), /^8 problems:\n/);
});

test("a name may be as long as its suffixes allow, shorter with a schedule", () => {
  const named = (length: number, more: object = {}): readonly string[] =>
    paths(violations({ name: "a".repeat(length), ...more }));
  const schedule = { cron: "@daily" };
  assert.equal(maxJobNameCharacters + "-driver".length, 63);
  assert.deepEqual(named(maxJobNameCharacters), []);
  assert.deepEqual(named(maxJobNameCharacters + 1), ["name"]);
  assert.deepEqual(named(maxScheduledJobNameCharacters, { schedule }), []);
  assert.deepEqual(named(maxScheduledJobNameCharacters + 1, { schedule }), ["name"]);
  for (const name of ["", "1a", "a-", "A", "a.b", "a\n"])
    assert.deepEqual(paths(violations({ name })), ["name"]);
});

/** Wishes that are wrong, and where. */
const wrong: readonly (readonly [path: string, wishes: object])[] = [
  ["mainFile", { mainFile: undefined }],
  ["mainFile", { mainFile: "file:///etc/passwd.py" }],
  ["mainFile", { mainFile: "https://evil.example/x.py" }],
  ["mainFile", { mainFile: "local://host/x.py" }],
  ["mainFile", { mainFile: "local:///a/../x.py" }],
  ["mainFile", { mainFile: "s3a://key:secret@bucket/x.py" }],
  ["mainFile", { mainFile: "s3a://data/x.sh" }],
  ["mainFile", { mainFile: "--conf" }],
  ["mainClass", { mainFile: "s3a://data/x.jar" }],
  ["mainClass", { mainClass: "org.example.Main" }],
  [
    "dependencies.jars[1]",
    { dependencies: { jars: ["s3a://data/a.jar", "s3a://data/a.jar,file:///etc/passwd"] } },
  ],
  ["dependencies.jars[0]", { dependencies: { jars: ["s3a://data/a.jar,b.jar"] } }],
  ["dependencies.files[0]", { dependencies: { files: ["s3a://data/*"] } }],
  ["dependencies.pyFiles[0]", { dependencies: { pyFiles: ["http://169.254.169.254/x.py"] } }],
  ["dependencies.packages", { dependencies: { packages: ["a:b:1"] } }],
  ["image", { image: "team/app" }],
  ["image", { image: "team/app:1 --privileged" }],
  ["driver.cores", { driver: { cores: 0.5 } }],
  ["driver.memory", { driver: { memory: "100m" } }],
  ["driver.memory", { driver: { memory: "2G" } }],
  ["driver.serviceAccount", { driver: { serviceAccount: "admin" } }],
  ["driver.template", { driver: { template: {} } }],
  ["executor.coreLimit", { executor: { cores: 2, coreLimit: "500m" } }],
  ["executor.instances", { executor: { instances: 2 }, dynamicAllocation: {} }],
  ["executor.instances", { executor: { instances: 0 } }],
  ["dynamicAllocation.maxExecutors", { dynamicAllocation: { minExecutors: 5, maxExecutors: 4 } }],
  ["dynamicAllocation.initialExecutors", { dynamicAllocation: { initialExecutors: 40 } }],
  ["env.AWS_ACCESS_KEY_ID", { env: { AWS_ACCESS_KEY_ID: "x" } }],
  ["env.PYTHONPATH", { env: { PYTHONPATH: "/x" } }],
  ['env["a=b"]', { env: { "a=b": "x" } }],
  ["env.A", { env: { A: "x\0y" } }],
  ["secretEnv.SPARK_HOME", { secretEnv: { SPARK_HOME: { secret: "a", key: "b" } } }],
  ["secretEnv.A.secret", { secretEnv: { A: { secret: "other:ns", key: "b" } } }],
  ["secretEnv.A", { env: { A: "x" }, secretEnv: { A: { secret: "a", key: "b" } } }],
  ["labels.spark-role", { labels: { "spark-role": "driver" } }],
  ['labels["sparkoperator.k8s.io/app-name"]', { labels: { "sparkoperator.k8s.io/app-name": "x" } }],
  ['labels["kueue.x-k8s.io/queue-name"]', { labels: { "kueue.x-k8s.io/queue-name": "x" } }],
  ["restart.retryIntervalSeconds", { restart: { retryIntervalSeconds: 0 } }],
  ["restart.submissionRetries", { restart: { policy: "Always", submissionRetries: 3 } }],
  ["timeToLiveSeconds", { timeToLiveSeconds: 0 }],
  ["schedule.cron", { schedule: { cron: "* * * *" } }],
  ["schedule.timeZone", { schedule: { cron: "@daily", timeZone: "Local" } }],
  ["namespace", { namespace: "kube-system" }],
  ["volumes", { volumes: [{ hostPath: { path: "/" } }] }],
  ["hadoopConf", { hadoopConf: {} }],
];

for (const [path, wishes] of wrong) {
  test(`refused: ${JSON.stringify(wishes)}`, () => {
    const found = violations(wishes);
    assert.deepEqual(paths(found), [path]);
    assert.ok(found.every(({ problem, expected }) => problem !== "" && expected !== ""));
  });
}

test("values of env are never repeated", () => {
  const found = violations({ env: { PASSWORD: `hunter2${"x".repeat(9000)}` } });
  assert.deepEqual(paths(found), ["env.PASSWORD"]);
  assert.doesNotMatch(formatViolations(found), /hunter2/);
});

test("with mounted code there is no mainFile", () => {
  const resolve = (wishes: object): ReturnType<typeof resolveJob> =>
    resolveJob(standardDefaults, versions, { name: "job", ...wishes }, { mountedCode: true });
  assert.ok(resolve({}).ok);
  const both = resolve({ mainFile });
  assert.deepEqual(both.ok ? [] : paths(both.violations), ["mainFile"]);
  const jar = resolve({ mainClass: "org.example.Main" });
  assert.deepEqual(jar.ok ? [] : paths(jar.violations), ["mainClass"]);
});

test("whatever is given, there is a job or at least one violation with all its parts", () => {
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
    fc.jsonValue(),
  );
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(jobSchema.shape)), anything);
  fc.assert(
    fc.property(fc.oneof(anything, fields), fc.boolean(), (wishes, mountedCode) => {
      const result = resolveJob(standardDefaults, versions, wishes, { mountedCode });
      if (result.ok) return;
      assert.ok(result.violations.length > 0);
      for (const { problem, expected } of result.violations) assert.ok(problem !== "" && expected !== "");
      assert.equal(typeof formatViolations(result.violations), "string");
    }),
    { numRuns: 500 },
  );
});

test("the schema is a JSON schema too, closed and documented in every field", () => {
  const schema = z.toJSONSchema(jobSchema);
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, ["name"]);
  const properties = z
    .record(z.string(), z.looseObject({ description: z.string().min(1) }))
    .parse(schema.properties);
  assert.deepEqual(Object.keys(properties), Object.keys(jobSchema.shape));
});
