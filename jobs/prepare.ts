import { readCode, type Code } from "./code.ts";
import {
  resolveJob,
  type CodeBundle,
  type JobDefaults,
  type JobSpec,
  type ResolvedJob,
  type Result,
} from "./manifest/index.ts";

/** A job that is right in every part: nothing about it can fail but to run. */
export interface PreparedJob {
  readonly job: ResolvedJob;
  /** Present where the code travels in a ConfigMap. */
  readonly code?: CodeBundle;
}

export interface JobRequest {
  readonly spec: JobSpec;
  /** Code to deliver by ConfigMap. Default: none, `spec.mainFile` says where the code is. */
  readonly code?: Code | undefined;
}

/** Checks a job and reads its code. All violations come together. */
export function prepareJob(
  defaults: JobDefaults,
  versions: readonly string[],
  spec: unknown,
  code?: unknown,
): Result<PreparedJob> {
  const job = resolveJob(defaults, versions, spec, { mountedCode: code !== undefined });
  if (code === undefined) return job.ok ? { ok: true, value: { job: job.value } } : job;
  const bundle = readCode(code);
  if (job.ok && bundle.ok) return { ok: true, value: { job: job.value, code: bundle.value } };
  return {
    ok: false,
    violations: [...(job.ok ? [] : job.violations), ...(bundle.ok ? [] : bundle.violations)],
  };
}
