import * as pulumi from "@pulumi/pulumi";

import { declareJob } from "./declare-job.ts";
import type { TeamRuntime } from "./job-runtime.ts";
import type { JobRequest } from "./prepare.ts";

/** Declares each job in its team's namespace. Returns, by name, `NAMESPACE/NAME` of its Kubernetes resource. */
export function declareJobs(
  jobs: readonly (JobRequest & { readonly name: string; readonly namespace: string })[],
  teams: readonly TeamRuntime[],
  opts: pulumi.ComponentResourceOptions,
): Record<string, pulumi.Output<string>> {
  const declared = teams.flatMap(({ name: namespace, runtime }) =>
    jobs
      .filter((job) => job.namespace === namespace)
      .map((job) => {
        const { application } = declareJob(job.name, { ...job, runtime }, opts);
        return [job.name, pulumi.interpolate`${namespace}/${application}`] as const;
      }),
  );
  return Object.fromEntries(declared);
}
