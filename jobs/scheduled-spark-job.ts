import * as pulumi from "@pulumi/pulumi";

import { scheduledSparkApplication } from "./manifest/index.ts";
import type { SparkJobArgs } from "./spark-job.ts";
import { submit } from "./submission.ts";

/**
 * A Spark job that runs by a schedule, `spec.schedule`. Each run is a SparkApplication of its own, which the operator
 * makes and, by the schedule's history limits, removes. Otherwise as SparkJob.
 *
 *     const spec = { name: "nightly", mainFile: "s3a://spark/code/nightly.py", schedule: { cron: "0 3 * * *" } };
 *     new ScheduledSparkJob("nightly", { runtime, spec });
 *
 * Throws a `ResourceError` that lists every violation where the manifest or the code is wrong.
 */
export class ScheduledSparkJob extends pulumi.ComponentResource {
  /** Name of the ScheduledSparkApplication. */
  readonly application: pulumi.Output<string>;

  constructor(name: string, args: SparkJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:jobs:ScheduledSparkJob", name, {}, opts);
    this.application = submit("ScheduledSparkApplication", name, args, scheduledSparkApplication, this);
    this.registerOutputs({ application: this.application });
  }
}
