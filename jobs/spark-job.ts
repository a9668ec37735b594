import * as pulumi from "@pulumi/pulumi";

import { sparkApplication } from "./manifest/index.ts";
import type { JobRequest } from "./prepare.ts";
import type { JobRuntime } from "./job-runtime.ts";
import { submit } from "./submission.ts";

export interface SparkJobArgs extends JobRequest {
  readonly runtime: JobRuntime;
}

/**
 * A Spark job that the stack declares: it runs once when it is made, and once more whenever its manifest or its code
 * changes. It creates the SparkApplication and, for code that travels with it, an immutable ConfigMap.
 * `pulumi up` submits the job and does not wait for its end.
 *
 *     new SparkJob("word-count", { runtime, spec: { name: "word-count" }, code: { file: "jobs/word_count.py" } });
 *
 * Throws a `ResourceError` that lists every violation where the manifest or the code is wrong.
 */
export class SparkJob extends pulumi.ComponentResource {
  /** Name of the SparkApplication. */
  readonly application: pulumi.Output<string>;

  constructor(name: string, args: SparkJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:jobs:SparkJob", name, {}, opts);
    this.application = submit("SparkApplication", name, args, sparkApplication, this);
    this.registerOutputs({ application: this.application });
  }
}
