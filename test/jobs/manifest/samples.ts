import assert from "node:assert/strict";

import fc from "fast-check";

import { committerConf } from "../../../components/storage/committer.ts";
import { resolveJob, sparkApplication, standardDefaults } from "../../../jobs/manifest/index.ts";
import type {
  JobPlacement,
  JobPlatform,
  JobSpec,
  ResolvedJob,
  Violation,
} from "../../../jobs/manifest/index.ts";
import type { SparkApplication } from "../../../jobs/manifest/index.ts";

export const versions = ["4.0.4", "3.5.8"];

export const platform: JobPlatform = {
  namespace: "team-a",
  serviceAccount: "spark",
  images: { "4.0.4": "registry.test/spark:4.0.4", "3.5.8": "registry.test/spark:3.5.8" },
  imagePullSecrets: ["pull"],
  registry: "registry.test",
  storage: {
    sparkConf: { "spark.hadoop.fs.s3a.endpoint": "http://s3.test", "spark.hadoop.fs.s3a.retry.limit": "7" },
    committerConf,
    env: { AWS_REGION: "eu-central-1" },
    secretEnv: { AWS_ACCESS_KEY_ID: { secret: "s3-jobs", key: "id" } },
  },
  eventLogDirectory: "s3a://spark/events/",
  labels: { "example.com/owner": "platform" },
};

/** Nodes of their own for drivers and executors. */
export const placement: JobPlacement = {
  driver: {
    nodeSelector: { pool: "drivers" },
    tolerations: [{ key: "pool", operator: "Equal", value: "drivers", effect: "NoSchedule" }],
    annotations: { "example.com/keep": "true" },
  },
  executor: { nodeSelector: { pool: "executors" }, tolerations: [], annotations: {} },
};

export const mainFile = "s3a://data/code/main.py";

/** A right job with the given wishes. */
export function resolved(wishes: Omit<JobSpec, "name"> & { name?: string } = {}): ResolvedJob {
  const result = resolveJob(standardDefaults, versions, { name: "job", mainFile, ...wishes });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

export function manifest(wishes: Omit<JobSpec, "name"> & { name?: string } = {}): SparkApplication {
  return sparkApplication(resolved(wishes), platform);
}

/** What is wrong with a job that is otherwise right. */
export function violations(wishes: object): readonly Violation[] {
  const result = resolveJob(standardDefaults, versions, { name: "job", mainFile, ...wishes });
  return result.ok ? [] : result.violations;
}

export const paths = (found: readonly Violation[]): readonly string[] => found.map(({ path }) => path);

const text = fc.string({ minLength: 1, maxLength: 20 }).filter((value) => !value.includes("$"));
const key = fc.stringMatching(/^[A-Z]{3,8}$/).filter((name) => !/^(?:AWS|SPARK|PYSPARK|HADOOP)/.test(name));
const memory = fc.integer({ min: 512, max: 9999 }).map((mib) => `${mib}m`);
const size = fc.record(
  {
    cores: fc.integer({ min: 1, max: 8 }),
    memory,
    memoryOverhead: memory,
    coreRequest: fc.constantFrom("100m", "0.5"),
    coreLimit: fc.constantFrom("9", "8500m"),
  },
  { requiredKeys: [] },
);

/** Right jobs of every kind. */
export const jobs: fc.Arbitrary<JobSpec> = fc
  .record(
    {
      name: fc.stringMatching(/^[a-z][-a-z0-9]{0,30}[a-z0-9]$/),
      sparkVersion: fc.constantFrom(...versions),
      image: fc.constantFrom("team/app:1", "host.example:5000/app:2", `app@sha256:${"0".repeat(64)}`),
      arguments: fc.array(fc.oneof(text, fc.integer(), fc.boolean()), { maxLength: 4 }),
      dependencies: fc.record(
        {
          jars: fc.constant<string[]>(["s3a://data/a.jar", "local:///opt/b.jar"]),
          files: fc.constant<string[]>(["s3a://data/f.csv"]),
          pyFiles: fc.constant<string[]>(["s3a://data/lib.zip"]),
          archives: fc.constant<string[]>(["s3a://data/venv.tar.gz#venv"]),
        },
        { requiredKeys: [] },
      ),
      driver: size,
      executor: size,
      dynamicAllocation: fc.constantFrom({}, { minExecutors: 1 }, { minExecutors: 1, initialExecutors: 2 }),
      sparkConf: fc.dictionary(fc.constantFrom("spark.sql.shuffle.partitions", "spark.task.cpus"), fc.nat()),
      env: fc.dictionary(
        key.map((name) => `E_${name}`),
        fc.oneof(text, fc.integer()),
      ),
      secretEnv: fc.dictionary(key, fc.constant({ secret: "warehouse", key: "password" })),
      restart: fc.constantFrom({ policy: "Never" as const }, { policy: "Always" as const }, { retries: 3 }),
      timeToLiveSeconds: fc.integer({ min: 1, max: 1_000_000 }),
      schedule: fc.record(
        {
          cron: fc.constantFrom("@daily", "*/5 * * * *", "@every 2h"),
          timeZone: fc.constant("Europe/Berlin"),
          concurrency: fc.constantFrom("Allow" as const, "Forbid" as const, "Replace" as const),
          suspend: fc.boolean(),
        },
        { requiredKeys: ["cron"] },
      ),
      labels: fc.dictionary(fc.constantFrom("cost", "example.com/team"), fc.stringMatching(/^[a-z]{0,9}$/)),
      program: fc.constantFrom(
        { mainFile },
        { mainFile: "local:///opt/spark/examples/jars/spark-examples.jar", mainClass: "org.example.Main" },
      ),
    },
    { requiredKeys: ["name", "program"] },
  )
  .map(({ program, ...spec }) => ({ ...spec, ...program }));
