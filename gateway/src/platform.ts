import { readFileSync } from "node:fs";

import { z } from "zod";

import {
  check,
  formatViolations,
  type JobDefaults,
  type JobPlatform,
  type Result,
} from "../../jobs/manifest/index.ts";

/** What the stack tells the gateway about the platform: one JSON file, which it writes and mounts. */
export interface Platform {
  /** The cluster's name, as users know it. */
  readonly cluster: string;
  /** Namespace -> what its jobs run with. Nothing ever runs in another. */
  readonly namespaces: Readonly<Record<string, JobPlatform>>;
  readonly jobDefaults: JobDefaults;
  /** The Spark versions on offer; every namespace has an image of each. */
  readonly versions: readonly string[];
  /** The service accounts whose tokens are accepted. Default: none. */
  readonly serviceAccounts: readonly ServiceAccountGrant[];
  /** Addresses of applications' pages. Default: there are no pages. */
  readonly pages?: PagesPlaces;
  readonly limits: Limits;
  /** Where large code goes, and logs are kept. Default: code has to fit into a ConfigMap, and nothing is kept. */
  readonly storage?: PlatformStorage;
}

/** The pages of applications, and who shows them. */
export interface PagesPlaces {
  /** `https://HOST[:PORT]` of the front door, where visitors log in. */
  readonly url: string;
  /** `https://HOST[:PORT]`, below whose host each origin of pages is. */
  readonly origins: string;
  /** `http://HOST:PORT` of the History Server, as the gateway reaches it. */
  readonly historyServer: string;
}

/** A service account of the cluster that may call the API. It is in a namespace in which no jobs run. */
export interface ServiceAccountGrant {
  readonly namespace: string;
  readonly name: string;
  readonly role: "admin" | "user";
  /** Namespaces of the platform that it may act in. */
  readonly namespaces: readonly string[];
}

/** What is beyond them waits in the queue. */
export interface Limits {
  /** Submissions of one user in a minute. */
  readonly perUserPerMinute: number;
  /** Submissions in a minute, of all users. */
  readonly perMinute: number;
}

/** The bucket; keys come in the environment (AWS_*) or with the pod's identity, never in the file. */
export interface PlatformStorage {
  readonly bucket: string;
  /** URL. Default: AWS's own of the region. */
  readonly endpoint?: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Where clients put code: to the store itself, or, where they cannot reach it, to the gateway, which passes it on. */
  readonly uploads: "store" | "gateway";
}

const text = z.string().min(1);
const texts = z.record(text, z.string());
const count = z.int().min(0);
const origin = z
  .url()
  .refine((url) => new URL(url).origin === url, { error: "has more than a scheme, a host and a port" })
  .meta({ description: "an origin", examples: ["https://spark.example.org"] });

/** A namespace's name is a DNS-1123 label; a path or a selector is made of it. */
const namespaceSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/)
  .meta({ description: "a namespace", examples: ["analytics"] });

const podPlacementSchema = z.strictObject({
  nodeSelector: texts,
  tolerations: z.array(
    z.strictObject({
      key: text,
      operator: z.literal("Equal"),
      value: z.string(),
      effect: z.literal("NoSchedule"),
    }),
  ),
  annotations: texts,
});

const jobPlatformSchema = z.strictObject({
  namespace: namespaceSchema,
  serviceAccount: text,
  images: z.record(text, text),
  imagePullSecrets: z.array(text),
  registry: text.exactOptional(),
  storage: z.strictObject({
    sparkConf: texts,
    committerConf: texts,
    env: texts,
    secretEnv: z.record(text, z.strictObject({ secret: text, key: text })),
  }),
  eventLogDirectory: text,
  driverUi: z.strictObject({ secret: text }).exactOptional(),
  labels: texts,
  placement: z.strictObject({ driver: podPlacementSchema, executor: podPlacementSchema }).exactOptional(),
});

const podDefaults = {
  cores: z.int().min(1),
  memory: text,
  memoryOverhead: text.exactOptional(),
  coreRequest: text.exactOptional(),
  coreLimit: text.exactOptional(),
};

const jobDefaultsSchema = z.strictObject({
  sparkVersion: text,
  driver: z.strictObject(podDefaults),
  executor: z.strictObject({ ...podDefaults, instances: z.int().min(1) }),
  dynamicAllocation: z.strictObject({ enabled: z.boolean(), minExecutors: count, maxExecutors: count }),
  restart: z.strictObject({
    policy: z.enum(["Never", "OnFailure", "Always"]),
    retries: count,
    retryIntervalSeconds: count,
    submissionRetries: count,
    submissionRetryIntervalSeconds: count,
  }),
  schedule: z.strictObject({
    timeZone: text,
    concurrency: z.enum(["Allow", "Forbid", "Replace"]),
    suspend: z.boolean(),
    successfulRunHistoryLimit: count,
    failedRunHistoryLimit: count,
  }),
  sparkConf: texts,
  env: texts,
  // Thousands of leftover UI services break the next driver's start: who submits many has them go by themselves.
  timeToLiveSeconds: z
    .int()
    .min(60)
    .default(3600)
    .meta({ description: "seconds after its end when a job is deleted from the cluster; default 1 hour" }),
});

const serviceAccountSchema = z.strictObject({
  namespace: namespaceSchema,
  name: text.max(253),
  role: z.enum(["admin", "user"]),
  namespaces: z.array(namespaceSchema).min(1),
});

const platformSchema: z.ZodType<Platform> = z
  .strictObject({
    cluster: text.max(63).meta({ description: "the cluster's name", examples: ["prod"] }),
    namespaces: z.record(namespaceSchema, jobPlatformSchema),
    jobDefaults: jobDefaultsSchema,
    versions: z.array(text).min(1),
    serviceAccounts: z.array(serviceAccountSchema).default([]),
    pages: z.strictObject({ url: origin, origins: origin, historyServer: origin }).exactOptional(),
    limits: z
      .strictObject({
        perUserPerMinute: z.int().min(1).default(30),
        // What a well-fed operator starts in a minute, as its maintainers publish.
        perMinute: z.int().min(1).default(120),
      })
      .prefault({}),
    storage: z
      .strictObject({
        bucket: text,
        endpoint: z.url().exactOptional(),
        region: text,
        pathStyle: z.boolean(),
        uploads: z.enum(["store", "gateway"]),
      })
      .exactOptional(),
  })
  .superRefine(({ namespaces, versions, serviceAccounts }, context) => {
    serviceAccounts.forEach((account, index) => {
      const path = ["serviceAccounts", index];
      if (Object.hasOwn(namespaces, account.namespace)) {
        const params = { expected: "a namespace in which no jobs run, since jobs can get the token" };
        context.addIssue({ code: "custom", path: [...path, "namespace"], message: "is a team's", params });
      }
      account.namespaces.forEach((each, place) => {
        if (Object.hasOwn(namespaces, each)) return;
        const params = { expected: `one of ${Object.keys(namespaces).join(", ")}` };
        const at = [...path, "namespaces", place];
        context.addIssue({ code: "custom", path: at, message: "is not a namespace of the platform", params });
      });
    });
    for (const [name, { namespace, images }] of Object.entries(namespaces)) {
      const path = ["namespaces", name];
      if (namespace !== name) {
        const params = { expected: JSON.stringify(name) };
        context.addIssue({ code: "custom", path: [...path, "namespace"], message: "is another", params });
      }
      for (const version of versions.filter((each) => !Object.hasOwn(images, each))) {
        const params = { expected: `an image of Spark ${version}` };
        context.addIssue({ code: "custom", path: [...path, "images"], message: "lacks a version", params });
      }
    }
  });

/** Reads the file. Violations name `PLATFORM_FILE` and what is below it. */
export function readPlatform(file: string): Result<Platform> {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const problem = `${file} cannot be read: ${error instanceof Error ? error.name : "no file"}`;
    return { ok: false, violations: [{ path: "PLATFORM_FILE", problem, expected: "a file of JSON" }] };
  }
  return check(platformSchema, given, "PLATFORM_FILE");
}

/** A platform from JSON of unknown shape. @throws Error that lists what is wrong. */
export function toPlatform(given: unknown): Platform {
  const checked = check(platformSchema, given);
  if (checked.ok) return checked.value;
  throw new Error(`the platform is not right, ${formatViolations(checked.violations)}`);
}
