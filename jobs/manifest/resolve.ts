import { z } from "zod";

import { check } from "./check.ts";
import { ruleViolations } from "./job-rules.ts";
import { jobSchema } from "./job.ts";
import type { CheckedSpec } from "./job.ts";
import { isJar } from "./locations.ts";
import { merge } from "./merge.ts";
import type { Wishes } from "./merge.ts";
import type { JobDefaults } from "./platform.ts";
import { isRecord } from "./record.ts";
import type { Program, ResolvedJob } from "./resolved-job.ts";
import { sparkConfViolations } from "./spark-conf.ts";
import type { Result } from "./violations.ts";

/**
 * A user's job on top of the platform's defaults, or everything that is wrong with it. Needs no cluster and no
 * platform, so a stack file is checked before any resource exists. `versions` are the Spark versions on offer, the
 * keys of the platform's `images`. With `mountedCode` (default false) the program comes in a ConfigMap.
 */
export function resolveJob(
  defaults: JobDefaults,
  versions: readonly string[],
  wishes: unknown,
  options: { readonly mountedCode?: boolean } = {},
): Result<ResolvedJob> {
  const { mountedCode = false } = options;
  const checked = check(jobSchema, wishes);
  if (!isRecord(wishes)) return checked.ok ? never() : checked;

  const passed = checked.ok ? checked.value : passedFields(wishes);
  const merged = merge(defaults, passed);
  const violations = [
    ...(checked.ok ? [] : checked.violations),
    ...sparkConfViolations(wishes["sparkConf"]),
    ...ruleViolations({
      wishes: passed,
      given: (field) => wishes[field] !== undefined,
      merged,
      versions,
      mountedCode,
    }),
  ];
  if (!checked.ok || violations.length > 0) return { ok: false, violations };
  return { ok: true, value: { ...merged, name: checked.value.name, program: programOf(checked.value) } };
}

/** For code that the schema has made unreachable: it takes objects only. */
function never(): never {
  throw new Error("the job schema has accepted what is no object");
}

const lenientSchema = z.object(jobSchema.shape).partial();

/**
 * Of a job that the schema refuses, the fields that are right in themselves. zod runs no rule between fields when one
 * of them is wrong; leaving the wrong ones out lets the rules speak about all that can be understood.
 */
function passedFields(wishes: Readonly<Record<string, unknown>>): Wishes {
  const parsed = lenientSchema.safeParse(wishes);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  return lenientSchema.parse(
    Object.fromEntries(Object.entries(wishes).filter(([field]) => !wrong.has(field))),
  );
}

function programOf({ mainFile, mainClass }: CheckedSpec): Program {
  if (mainFile === undefined) return { kind: "mounted" };
  if (isJar(mainFile) && mainClass !== undefined) return { kind: "jar", mainFile, mainClass };
  return { kind: "python", mainFile };
}
