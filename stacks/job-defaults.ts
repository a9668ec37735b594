import { z } from "zod";

import { rows, type SparkVersion } from "../images/versions.ts";
import { defined } from "../jobs/manifest/defined.ts";
import { jobSchema, standardDefaults, type JobDefaults } from "../jobs/manifest/index.ts";
import { asTexts, scalarSchema } from "../jobs/manifest/scalars.ts";

const versions = rows.map((row): SparkVersion => row.spark);
const { driver, executor, env, restart, timeToLiveSeconds } = jobSchema.shape;

/** What jobs get that say nothing else: a job's own fields, and any Spark property, since the engineer is trusted. */
export const jobDefaultsSchema = z
  .strictObject({
    sparkVersion: z
      .enum(versions)
      .optional()
      .meta({ description: "Spark version", examples: [standardDefaults.sparkVersion] }),
    driver,
    executor,
    env,
    restart,
    timeToLiveSeconds,
    sparkConf: z
      .record(z.string().startsWith("spark."), scalarSchema)
      .optional()
      .meta({
        description: "Spark properties, any of them",
        examples: [{ "spark.sql.session.timeZone": "UTC" }],
      }),
  })
  .prefault({})
  .meta({
    description: "what jobs get that say nothing else; the fields of a job",
    examples: [{ executor: { instances: 2, memory: "2g" } }],
  });

/** The standard defaults with the stack's laid over them. */
export function stackJobDefaults(stack: z.output<typeof jobDefaultsSchema>): JobDefaults {
  const standard = standardDefaults;
  return {
    ...standard,
    ...defined({ sparkVersion: stack.sparkVersion, timeToLiveSeconds: stack.timeToLiveSeconds }),
    driver: { ...standard.driver, ...defined(stack.driver ?? {}) },
    executor: { ...standard.executor, ...defined(stack.executor ?? {}) },
    env: { ...standard.env, ...asTexts(stack.env ?? {}) },
    restart: { ...standard.restart, ...defined(stack.restart ?? {}) },
    sparkConf: { ...standard.sparkConf, ...asTexts(stack.sparkConf ?? {}) },
  };
}
