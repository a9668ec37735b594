import { jobSchema, type JobDefaults, type JobSpec } from "../../../jobs/manifest/index.ts";
import { sparkConfViolations } from "../../../jobs/manifest/spark-conf.ts";
import { withTimeToLive } from "./submission.ts";

/**
 * What a job has where its user says nothing, laid out as a user may write it: a name and a program make it whole. Of the
 * platform's properties and variables only those that users may change; the others come with every job.
 */
export function defaultJob(given: JobDefaults): Omit<JobSpec, "name"> {
  const defaults = withTimeToLive(given);
  const { driver, executor, dynamicAllocation, restart, timeToLiveSeconds } = defaults;
  const { instances, ...size } = executor;
  const { enabled, ...scaling } = dynamicAllocation;
  return {
    sparkVersion: defaults.sparkVersion,
    driver: { ...driver },
    executor: enabled ? size : { ...size, instances },
    ...(enabled && { dynamicAllocation: scaling }),
    restart: restartOf(restart),
    sparkConf: changeable(
      defaults.sparkConf,
      (entry) =>
        jobSchema.shape.sparkConf.safeParse(entry).success && sparkConfViolations(entry).length === 0,
    ),
    env: changeable(defaults.env, (entry) => jobSchema.shape.env.safeParse(entry).success),
    ...(timeToLiveSeconds !== undefined && { timeToLiveSeconds }),
  };
}

/** What the policy looks at; the rest would have no effect, and is refused. */
function restartOf({ policy, ...numbers }: JobDefaults["restart"]): NonNullable<JobSpec["restart"]> {
  if (policy === "OnFailure") return { policy, ...numbers };
  const { retryIntervalSeconds, submissionRetryIntervalSeconds } = numbers;
  return policy === "Never" ? { policy } : { policy, retryIntervalSeconds, submissionRetryIntervalSeconds };
}

type Texts = Readonly<Record<string, string>>;

function changeable(values: Texts, may: (entry: Texts) => boolean): Texts {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => may({ [key]: value })));
}
