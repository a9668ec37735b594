import { z } from "zod";

import { secretKeySchema, secretNameSchema } from "./names.ts";
import { scalarSchema } from "./scalars.ts";

/** Variables that are not the job's to set, each with who sets it. */
const reserved: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^AWS_/, "is set by the platform, which gives the job its access to S3"],
  [/^SPARK_/, "is Spark's own: its entry point and its pod builder read and write these"],
  [/^PYSPARK_/, "is Spark's own; set spark.pyspark.python in sparkConf to choose an interpreter"],
  [/^HADOOP_/, "would swap the S3 configuration that the platform gives"],
  [/^KUBERNETES_/, "is set by Kubernetes; the driver finds the API server by it"],
  [/^APPLICATION_WEB_PROXY_BASE$/, "is set by the platform, for the job's UI behind its front door"],
  [/^JAVA_HOME$/, "is set by the image"],
  [/^PYTHON(?:PATH|HOME)$/, "is set by the platform; bring modules as a code folder or dependencies.pyFiles"],
];

/** A variable's name as a shell can use it: what Kubernetes allows beyond that, Spark's property names do not. */
const envNameSchema = z
  .string()
  .max(253)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .superRefine((name, context) => {
    const reason = reserved.find(([pattern]) => pattern.test(name))?.[1];
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });

const nameRules =
  "names of letters, digits and underscores, not the platform's own (AWS_*, SPARK_*, PYTHONPATH…)";

/** Values count as secret in messages only: people do put passwords here, although secretEnv is their place. */
export const envSchema = z.record(envNameSchema, scalarSchema.meta({ secret: true })).meta({
  description: `environment variables of driver and executors; ${nameRules}`,
  examples: [{ STAGE: "test" }],
});

export const secretEnvSchema = z
  .record(
    envNameSchema,
    z.strictObject({ secret: secretNameSchema, key: secretKeySchema }).meta({
      description: "a key of a secret in the job's namespace",
      examples: [{ secret: "warehouse", key: "password" }],
    }),
  )
  .meta({
    description: `environment variables of driver and executors from secrets; ${nameRules}`,
    examples: [{ DB_PASSWORD: { secret: "warehouse", key: "password" } }],
  });
