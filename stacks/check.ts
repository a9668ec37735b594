import { check, type JobDefaults, type Result, type Violation } from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";
import { sharedWithGateway, withoutLoadBalancer } from "./gateway.ts";
import { hostViolations } from "./hosts.ts";
import { jobDefaultsSchema, stackJobDefaults } from "./job-defaults.ts";
import { declaredJobs, type DeclaredJob } from "./jobs.ts";
import { namespaceNames, namespaceViolations } from "./namespaces.ts";
import { readObjects } from "./objects.ts";
import { pagesViolations } from "./pages-host.ts";
import { serviceAccountViolations } from "./service-accounts.ts";
import { stackSchemas, targetSchema, type StackSettings } from "./schema.ts";

/** A stack file that is right, with the files it names. */
export interface CheckedStack {
  readonly settings: StackSettings;
  readonly jobDefaults: JobDefaults;
  readonly jobs: readonly DeclaredJob[];
  /** Objects to put into the bucket: key -> text. */
  readonly objects: Readonly<Record<string, string>>;
}

/**
 * Checks a stack's keys, whole. What the schema cannot see (files, jobs, names that must agree) is checked on what was
 * written, not on what the schema made of it, so that a slip in one place hides nothing elsewhere.
 * `versions` are the Spark versions on offer, for each target.
 */
export function checkStack(
  given: Readonly<Record<string, unknown>>,
  versions: Readonly<Record<StackSettings["target"], readonly string[]>>,
): Result<CheckedStack> {
  const target = check(targetSchema, given["target"], "target");
  // Of a target that is not known, all else is checked as if it were the usual one.
  const kind = target.ok ? target.value : "kubeconfig";
  const settings: Result<StackSettings> = check(stackSchemas[kind], { ...given, target: kind });
  const defaults = check(jobDefaultsSchema, given["jobDefaults"]);
  const jobDefaults = stackJobDefaults(defaults.ok ? defaults.value : {});
  const { storage } = given;
  const objects = readObjects(isRecord(storage) ? storage["objects"] : undefined);
  const jobs = declaredJobs(given["jobs"], namespaceNames(given["namespaces"]), jobDefaults, versions[kind]);
  const violations: readonly Violation[] = [
    ...(target.ok ? [] : target.violations),
    ...(settings.ok ? [] : settings.violations),
    ...namespaceViolations(given["namespaces"]),
    ...serviceAccountViolations(given["gateway"], namespaceNames(given["namespaces"])),
    ...(kind === "aws"
      ? [...hostViolations(given), ...withoutLoadBalancer(given)]
      : sharedWithGateway(given)),
    ...pagesViolations(given),
    ...(objects.ok ? [] : objects.violations),
    ...(jobs.ok ? [] : jobs.violations),
    ...versionViolations(jobDefaults.sparkVersion, versions[kind]),
  ];
  if (!settings.ok || !objects.ok || !jobs.ok || violations.length > 0) {
    // The code of a job is read as a part of the file and as a part of the job.
    const distinct = new Map(violations.map((violation) => [JSON.stringify(violation), violation]));
    return { ok: false, violations: [...distinct.values()] };
  }
  return {
    ok: true,
    value: { settings: settings.value, jobDefaults, jobs: jobs.value, objects: objects.value },
  };
}

/** A default that no job could use on this target. */
function versionViolations(version: string, versions: readonly string[]): readonly Violation[] {
  if (versions.includes(version)) return [];
  return [
    {
      path: "jobDefaults.sparkVersion",
      problem: `${describeValue(version)} does not run on this target`,
      expected: `one of ${versions.join(", ")}`,
    },
  ];
}
