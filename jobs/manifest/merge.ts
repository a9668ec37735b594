import { defined } from "./defined.ts";
import type { CheckedSpec } from "./job.ts";
import type { JobDefaults, PodDefaults } from "./platform.ts";
import type { ResolvedJob, Scaling } from "./resolved-job.ts";
import { asTexts } from "./scalars.ts";

/** Those fields of a job that have passed the schema; of a right job, all. */
export type Wishes = { readonly [Field in keyof CheckedSpec]?: CheckedSpec[Field] | undefined };

type Merged = Omit<ResolvedJob, "name" | "program">;

/** Defaults with the user's wishes laid over them, whatever they are; rules are checked elsewhere. */
export function merge(defaults: JobDefaults, wishes: Wishes): Merged {
  const timeToLiveSeconds = wishes.timeToLiveSeconds ?? defaults.timeToLiveSeconds;
  return {
    sparkVersion: wishes.sparkVersion ?? defaults.sparkVersion,
    ...(wishes.image !== undefined && { image: wishes.image }),
    arguments: (wishes.arguments ?? []).map(String),
    dependencies: { jars: [], files: [], pyFiles: [], archives: [], ...defined(wishes.dependencies ?? {}) },
    driver: podSize({ ...defaults.driver, ...defined(wishes.driver ?? {}) }),
    executor: podSize({ ...defaults.executor, ...defined(wishes.executor ?? {}) }),
    scaling: scaling(defaults, wishes),
    sparkConf: { defaults: defaults.sparkConf, user: asTexts(wishes.sparkConf ?? {}) },
    env: { ...defaults.env, ...asTexts(wishes.env ?? {}) },
    secretEnv: wishes.secretEnv ?? {},
    restart: { ...defaults.restart, ...defined(wishes.restart ?? {}) },
    ...(timeToLiveSeconds !== undefined && { timeToLiveSeconds }),
    ...(wishes.schedule !== undefined && {
      schedule: { cron: wishes.schedule.cron, ...defaults.schedule, ...defined(wishes.schedule) },
    }),
    labels: wishes.labels ?? {},
  };
}

/** Just these fields: an executor's defaults and wishes also say how many there are. */
function podSize({ cores, memory, memoryOverhead, coreRequest, coreLimit }: PodDefaults): PodDefaults {
  return { cores, memory, ...defined({ memoryOverhead, coreRequest, coreLimit }) };
}

/** A job that names a number of executors gets it, also where dynamic allocation is the platform's default. */
function scaling(defaults: JobDefaults, wishes: Wishes): Scaling {
  const instances = wishes.executor?.instances;
  const byDefault = defaults.dynamicAllocation.enabled && instances === undefined;
  if (wishes.dynamicAllocation === undefined && !byDefault) {
    return { kind: "fixed", instances: instances ?? defaults.executor.instances };
  }
  const { minExecutors, maxExecutors } = {
    ...defaults.dynamicAllocation,
    ...defined(wishes.dynamicAllocation ?? {}),
  };
  const initialExecutors = wishes.dynamicAllocation?.initialExecutors ?? minExecutors;
  return { kind: "dynamic", minExecutors, maxExecutors, initialExecutors };
}
