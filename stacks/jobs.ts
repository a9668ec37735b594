import type { JobDefaults, JobSpec, Result, Violation } from "../jobs/manifest/index.ts";
import { joinPath } from "../jobs/manifest/violations.ts";
import { prepareJob, type JobRequest } from "../jobs/prepare.ts";
import type { StackSettings } from "./schema.ts";

/** A job of the stack file. */
export interface DeclaredJob extends JobRequest {
  readonly name: string;
  /** The team's namespace. */
  readonly namespace: string;
}

/** Checks every job of the stack file, whole: namespace, manifest and code. */
export function declaredJobs(
  stack: StackSettings,
  defaults: JobDefaults,
  versions: readonly string[],
): Result<readonly DeclaredJob[]> {
  const jobs: DeclaredJob[] = [];
  const violations: Violation[] = [];
  const namespaces = stack.namespaces.map((namespace) => namespace.name);
  for (const [name, { namespace, code, ...wishes }] of Object.entries(stack.jobs)) {
    const spec: JobSpec = { ...wishes, name };
    const place = (path: string): string => joinPath("jobs", name) + (path === "" ? "" : `.${path}`);
    if (!namespaces.includes(namespace)) {
      violations.push({
        path: place("namespace"),
        problem: `${JSON.stringify(namespace)} is not a namespace of this stack`,
        expected: `one of namespaces: ${namespaces.join(", ")}`,
      });
    }
    const prepared = prepareJob(defaults, versions, spec, code);
    if (!prepared.ok) {
      violations.push(
        ...prepared.violations.map((violation) => ({ ...violation, path: place(violation.path) })),
      );
    }
    jobs.push({ name, namespace, spec, code });
  }
  return violations.length === 0 ? { ok: true, value: jobs } : { ok: false, violations };
}
