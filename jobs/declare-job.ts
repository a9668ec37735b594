import type * as pulumi from "@pulumi/pulumi";

import { ScheduledSparkJob } from "./scheduled-spark-job.ts";
import { SparkJob, type SparkJobArgs } from "./spark-job.ts";

/** The component that fits the job: one with a schedule runs by it, any other runs once. */
export function declareJob(
  name: string,
  args: SparkJobArgs,
  opts: pulumi.ComponentResourceOptions,
): SparkJob | ScheduledSparkJob {
  return args.spec.schedule === undefined
    ? new SparkJob(name, args, opts)
    : new ScheduledSparkJob(name, args, opts);
}
