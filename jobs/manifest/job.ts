import { z } from "zod";

import { envSchema, secretEnvSchema } from "./env.ts";
import { imageSchema } from "./images.ts";
import { labelsSchema } from "./labels.ts";
import { dependenciesSchema, mainFileSchema } from "./locations.ts";
import { jobNameSchema } from "./names.ts";
import { cpuSchema, memoryOverheadSchema, memorySchema } from "./quantities.ts";
import { scalarSchema } from "./scalars.ts";
import { scheduleSchema } from "./schedule.ts";
import { sparkConfSchema } from "./spark-conf.ts";

/** Bounds that only catch slips of the keyboard: what a team may really use is its namespace's quota. */
const most = { cores: 512, executors: 10_000, retries: 100, seconds: 86_400, arguments: 200 };

const sizeFields = {
  cores: z
    .int()
    .min(1)
    .max(most.cores)
    .meta({
      description: "CPU cores that Spark counts on (task slots of an executor); default 1",
      examples: [2],
    })
    .optional(),
  memory: memorySchema
    .meta({
      description: "the JVM's heap in MiB (m) or GiB (g), at least 512m; default 1g",
      examples: ["512m", "2g"],
    })
    .optional(),
  memoryOverhead: memoryOverheadSchema.optional(),
  coreRequest: cpuSchema
    .meta({
      description: "CPU that Kubernetes sets aside; default: as many as cores",
      examples: ["500m", "1.5"],
    })
    .optional(),
  coreLimit: cpuSchema
    .meta({ description: "CPU that Kubernetes allows at most; default: no limit", examples: ["1500m", "2"] })
    .optional(),
};

const executorsSchema = z.int().min(0).max(most.executors);
const retriesSchema = z.int().min(0).max(most.retries);
const intervalSchema = z.int().min(1).max(most.seconds);

const dynamicAllocationSchema = z
  .strictObject({
    minExecutors: executorsSchema
      .meta({ description: "executors to keep; default 0", examples: [1] })
      .optional(),
    maxExecutors: executorsSchema
      .min(1)
      .meta({ description: "executors at most; default 8", examples: [20] })
      .optional(),
    initialExecutors: executorsSchema
      .meta({ description: "executors to start with; default minExecutors", examples: [2] })
      .optional(),
  })
  .meta({
    description:
      "lets Spark ask for executors as it needs them, in place of executor.instances; {} for the defaults",
    examples: [{ minExecutors: 1, maxExecutors: 20 }],
  });

const restartSchema = z
  .strictObject({
    policy: z
      .enum(["Never", "OnFailure", "Always"])
      .meta({ description: "when to run again; default OnFailure", examples: ["OnFailure"] })
      .optional(),
    retries: retriesSchema
      .meta({
        description: "runs after one that failed; default 0: a job may not bear being run twice",
        examples: [2],
      })
      .optional(),
    retryIntervalSeconds: intervalSchema
      .meta({
        description: "seconds before the first such run, growing with each; default 10",
        examples: [30],
      })
      .optional(),
    submissionRetries: retriesSchema
      .meta({
        description: "tries after a submission that failed, before any code ran; default 3",
        examples: [5],
      })
      .optional(),
    submissionRetryIntervalSeconds: intervalSchema
      .meta({
        description: "seconds before the first such try, growing with each; default 20",
        examples: [60],
      })
      .optional(),
  })
  .meta({
    description: "what to do when the job does not succeed",
    examples: [{ policy: "OnFailure", retries: 2 }],
  });

/**
 * All that a user of the platform may say about a job: an allow-list, shared by the Pulumi components and the
 * gateway (design.md, decision 7). Only `name` must be given. Rules between fields are in job-rules.ts.
 */
export const jobSchema = z
  .strictObject({
    name: jobNameSchema,
    sparkVersion: z
      .string()
      .max(20)
      .meta({
        description: "one of the platform's Spark versions; default: the platform's",
        examples: ["4.0.4"],
      })
      .optional(),
    image: imageSchema.optional(),
    mainFile: mainFileSchema.optional(),
    mainClass: z
      .string()
      .max(256)
      .regex(/^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u)
      .meta({
        description: "the class with the main method, for a .jar",
        examples: ["org.example.WordCount"],
      })
      .optional(),
    arguments: z
      .array(
        scalarSchema.meta({
          description: "an argument of the program: text, number or boolean",
          examples: ["100"],
        }),
      )
      .max(most.arguments)
      .meta({ description: "the program's arguments", examples: [["s3a://data/in/", "100"]] })
      .optional(),
    dependencies: dependenciesSchema.optional(),
    driver: z
      .strictObject(sizeFields)
      .meta({ description: "the driver's size", examples: [{ memory: "2g" }] })
      .optional(),
    executor: z
      .strictObject({
        ...sizeFields,
        instances: executorsSchema
          .min(1)
          .meta({ description: "how many executors; default 1", examples: [4] })
          .optional(),
      })
      .meta({ description: "number and size of the executors", examples: [{ instances: 4, memory: "4g" }] })
      .optional(),
    dynamicAllocation: dynamicAllocationSchema.optional(),
    sparkConf: sparkConfSchema.optional(),
    env: envSchema.optional(),
    secretEnv: secretEnvSchema.optional(),
    restart: restartSchema.optional(),
    timeToLiveSeconds: z
      .int()
      .min(1)
      .max(365 * most.seconds)
      .meta({
        description: "seconds after its end when the job is deleted; default: never",
        examples: [86_400],
      })
      .optional(),
    schedule: scheduleSchema.optional(),
    labels: labelsSchema.optional(),
  })
  .meta({
    description: "a Spark job",
    examples: [{ name: "word-count", mainFile: "s3a://data/code/word_count.py" }],
  });

/** What a user writes. */
export type JobSpec = z.input<typeof jobSchema>;

/** What has passed the schema. */
export type CheckedSpec = z.output<typeof jobSchema>;
