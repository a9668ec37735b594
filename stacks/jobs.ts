import {
  check,
  type JobDefaults,
  type JobSpec,
  type Result,
  type Violation,
} from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";
import { joinPath } from "../jobs/manifest/violations.ts";
import { prepareJob, type JobRequest } from "../jobs/prepare.ts";
import { declaredJobSchema } from "./schema.ts";

/** A job of the stack file. */
export interface DeclaredJob extends JobRequest {
  readonly name: string;
  /** The team's namespace. */
  readonly namespace: string;
}

/** Checks every job of the stack file, whole: namespace, manifest and code. What is no job is the schema's matter. */
export function declaredJobs(
  given: unknown,
  namespaces: readonly string[],
  defaults: JobDefaults,
  versions: readonly string[],
): Result<readonly DeclaredJob[]> {
  const jobs: DeclaredJob[] = [];
  const violations: Violation[] = [];
  for (const [name, written] of Object.entries(isRecord(given) ? given : {})) {
    if (!isRecord(written)) continue;
    const place = (path: string): string => joinPath("jobs", name) + (path === "" ? "" : `.${path}`);
    const { namespace, code, ...wishes } = written;
    const spec: JobSpec = { ...wishes, name };
    if (typeof namespace === "string" && !namespaces.includes(namespace)) {
      violations.push({
        path: place("namespace"),
        problem: `${describeValue(namespace)} is not a namespace of this stack`,
        expected: `one of namespaces: ${namespaces.join(", ")}`,
      });
    }
    if ("name" in wishes) {
      violations.push({
        path: place("name"),
        problem: "is not a key that is known here",
        expected: `the job's name as its key: jobs.${name}`,
      });
    }
    const prepared = prepareJob(defaults, versions, spec, code);
    violations.push(
      ...(prepared.ok ? [] : prepared.violations).map((each) => ({ ...each, path: place(each.path) })),
    );
    const job = check(declaredJobSchema, written);
    if (job.ok) jobs.push({ name, namespace: job.value.namespace, spec, code: job.value.code });
  }
  return violations.length === 0 ? { ok: true, value: jobs } : { ok: false, violations };
}
