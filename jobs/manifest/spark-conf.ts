import { z } from "zod";

import { s3aTuning } from "./s3a-tuning.ts";
import { lineScalarSchema } from "./scalars.ts";
import { isAllowedKey, keptBecause } from "./spark-conf-allowed.ts";
import { describeValue } from "./text.ts";
import { joinPath } from "./violations.ts";
import type { Violation } from "./violations.ts";

/** Properties that have a field of their own in the job. */
const fields: Readonly<Record<string, string>> = {
  "spark.driver.cores": "driver.cores",
  "spark.driver.memory": "driver.memory",
  "spark.driver.memoryOverhead": "driver.memoryOverhead",
  "spark.executor.cores": "executor.cores",
  "spark.executor.memory": "executor.memory",
  "spark.executor.memoryOverhead": "executor.memoryOverhead",
  "spark.executor.instances": "executor.instances",
  "spark.dynamicAllocation.enabled": "dynamicAllocation",
  "spark.dynamicAllocation.minExecutors": "dynamicAllocation.minExecutors",
  "spark.dynamicAllocation.maxExecutors": "dynamicAllocation.maxExecutors",
  "spark.dynamicAllocation.initialExecutors": "dynamicAllocation.initialExecutors",
  "spark.kubernetes.container.image": "image",
  "spark.jars": "dependencies.jars",
  "spark.files": "dependencies.files",
  "spark.archives": "dependencies.archives",
  "spark.submit.pyFiles": "dependencies.pyFiles",
  "spark.app.name": "name",
};

const overview = "a property of Spark's SQL, shuffle, memory, scheduling, network or S3 tuning";

const keySchema = z.string().superRefine((key, context) => {
  if (isAllowedKey(key)) return;
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  context.addIssue({
    code: "custom",
    message: "is not a property that jobs may set",
    params: {
      expected:
        field === undefined
          ? (keptBecause(key) ?? `${overview}, for example "spark.sql.shuffle.partitions"`)
          : `the field ${field} in its place`,
    },
  });
});

export const sparkConfSchema = z.record(keySchema, lineScalarSchema).meta({
  description: `Spark properties from the platform's allow-list: ${overview}`,
  examples: [{ "spark.sql.shuffle.partitions": "200" }],
});

/**
 * What is wrong with values of allowed keys. Apart from the schema, which would not say it while another key of
 * the record is wrong; so this takes whatever was given and looks only at what it understands.
 */
export function sparkConfViolations(given: unknown): readonly Violation[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  return Object.entries(given).flatMap(([key, raw]: [string, unknown]) => {
    if (!isAllowedKey(key) || !["string", "number", "boolean"].includes(typeof raw)) return [];
    const wrong = wrongValue(key, String(raw));
    if (wrong === undefined) return [];
    return [
      {
        path: joinPath("sparkConf", key),
        problem: `${describeValue(raw)} ${wrong.problem}`,
        expected: wrong.expected,
      },
    ];
  });
}

interface WrongValue {
  readonly problem: string;
  readonly expected: string;
}

function wrongValue(key: string, value: string): WrongValue | undefined {
  // Spark and Hadoop replace ${env:NAME} and ${env.NAME} where a property is read, which can be in the controller.
  if (value.includes("${"))
    return { problem: "refers to a variable", expected: "a plain value without ${…}" };
  const tuning = s3aTuning(key);
  if (tuning !== undefined && !tuning.accepts(value)) {
    return { problem: "is not a value that this property may have", expected: tuning.expected };
  }
  return key.endsWith(".extraJavaOptions") ? refusedBySpark(key, value) : undefined;
}

/**
 * JVM options that Spark itself refuses, found as Spark finds them, so that the job need not start to learn of it
 * (SparkSubmitCommandBuilder.checkJavaOptions, SparkConf.validateSettings). This protects nothing: options act in the
 * job's own pods, as its code does, and a cluster-mode spark-submit does not apply them to itself.
 */
function refusedBySpark(key: string, value: string): WrongValue | undefined {
  if (value.includes("-Xmx")) {
    const expected = "driver.memory and executor.memory for the heap";
    return { problem: "sets the size of the heap, which Spark refuses", expected };
  }
  if (key === "spark.executor.extraJavaOptions" && value.includes("-Dspark")) {
    const expected = "each property under its own name in sparkConf";
    return { problem: "sets Spark properties, which Spark refuses", expected };
  }
  return undefined;
}
