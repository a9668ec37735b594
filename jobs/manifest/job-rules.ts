import { isJar } from "./locations.ts";
import type { Wishes } from "./merge.ts";
import { maxScheduledJobNameCharacters } from "./names.ts";
import { milliCpus } from "./quantities.ts";
import type { ResolvedJob } from "./resolved-job.ts";
import { describeValue, listed } from "./text.ts";
import type { Violation } from "./violations.ts";

/** What the rules between fields look at. */
export interface Candidate {
  /** The user's fields that passed the schema. */
  readonly wishes: Wishes;
  /** Whether a field is there, right or wrong: of a wrong one nothing more is said here. */
  readonly given: (field: keyof Wishes) => boolean;
  readonly merged: Omit<ResolvedJob, "name" | "program">;
  /** The Spark versions on offer. */
  readonly versions: readonly string[];
  readonly mountedCode: boolean;
}

/** Everything wrong between fields. Fields are looked at one rule at a time, so that one wrong field hides no other. */
export function ruleViolations(candidate: Candidate): readonly Violation[] {
  return rules.flatMap((rule) => rule(candidate));
}

type Rule = (candidate: Candidate) => readonly Violation[];

const versionOnOffer: Rule = ({ wishes, given, merged, versions }) => {
  const unreadable = given("sparkVersion") && wishes.sparkVersion === undefined;
  if (unreadable || versions.includes(merged.sparkVersion)) return [];
  const problem = `${describeValue(merged.sparkVersion)} is not a version that this platform offers`;
  return [{ path: "sparkVersion", problem, expected: `one of ${listed(versions)}` }];
};

const programIsThere: Rule = ({ given, mountedCode }) => {
  if (mountedCode === !given("mainFile")) return [];
  return mountedCode
    ? [
        {
          path: "mainFile",
          problem: "is set although the code comes along",
          expected: "either code or mainFile",
        },
      ]
    : [
        {
          path: "mainFile",
          problem: "is missing",
          expected: 'the program, for example "s3a://data/code/word_count.py"',
        },
      ];
};

const classFitsProgram: Rule = ({ wishes, given, mountedCode }) => {
  const { mainFile } = wishes;
  if (mainFile !== undefined && isJar(mainFile) && !mountedCode) {
    const problem = `is missing, and ${describeValue(mainFile)} is a jar`;
    return given("mainClass")
      ? []
      : [{ path: "mainClass", problem, expected: 'for example "org.example.Main"' }];
  }
  if (!given("mainClass") || (!mountedCode && mainFile === undefined)) return [];
  const problem = `${describeValue(wishes.mainClass)} is set although the program is Python`;
  return [{ path: "mainClass", problem, expected: "no mainClass, or a .jar as mainFile" }];
};

const requestWithinLimit: Rule = ({ merged, wishes, given }) =>
  (["driver", "executor"] as const).flatMap((role) => {
    if (given(role) && wishes[role] === undefined) return [];
    const { cores, coreRequest, coreLimit } = merged[role];
    // Spark requests `cores` where nothing else is said.
    const request = coreRequest ?? String(cores);
    if (coreLimit === undefined || (milliCpus(request) ?? 0) <= (milliCpus(coreLimit) ?? Infinity)) return [];
    const problem = `${describeValue(coreLimit)} is less than the ${describeValue(request)} that are requested`;
    return [{ path: `${role}.coreLimit`, problem, expected: `at least ${describeValue(request)}` }];
  });

const scalingIsOne: Rule = ({ wishes, given }) => {
  const instances = wishes.executor?.instances;
  if (instances === undefined || !given("dynamicAllocation")) return [];
  const problem = `${instances} is set although dynamicAllocation chooses the number`;
  return [
    { path: "executor.instances", problem, expected: "either executor.instances or dynamicAllocation" },
  ];
};

const executorsInOrder: Rule = ({ wishes, given, merged: { scaling } }) => {
  if (scaling.kind === "fixed" || (given("dynamicAllocation") && !wishes.dynamicAllocation)) return [];
  const { minExecutors, maxExecutors, initialExecutors } = scaling;
  if (minExecutors > maxExecutors) {
    const problem = `${maxExecutors} is less than minExecutors, ${minExecutors}`;
    return [{ path: "dynamicAllocation.maxExecutors", problem, expected: `at least ${minExecutors}` }];
  }
  if (initialExecutors >= minExecutors && initialExecutors <= maxExecutors) return [];
  const problem = `${initialExecutors} is not between minExecutors and maxExecutors`;
  const expected = `from ${minExecutors} to ${maxExecutors}`;
  return [{ path: "dynamicAllocation.initialExecutors", problem, expected }];
};

const variablesOnce: Rule = ({ wishes: { env, secretEnv } }) =>
  Object.keys(secretEnv ?? {})
    .filter((name) => Object.hasOwn(env ?? {}, name))
    .map((name) => ({
      path: `secretEnv.${name}`,
      problem: "is set in env as well",
      expected: "each variable in env or in secretEnv, not in both",
    }));

/** Counts that the policy never looks at would mislead (operator 2.5.2 pkg/util/sparkapplication.go: ShouldRetry). */
const retriesHaveEffect: Rule = ({ wishes: { restart }, merged }) => {
  const { policy } = merged.restart;
  if (policy === "OnFailure") return [];
  const without = policy === "Never" ? [...counts, ...intervals] : counts;
  return without
    .filter((field) => restart?.[field] !== undefined)
    .map((field) => ({
      path: `restart.${field}`,
      problem: `${describeValue(restart?.[field])} has no effect with the policy "${policy}"`,
      expected: `the policy "OnFailure", or no ${field}`,
    }));
};

const counts = ["retries", "submissionRetries"] as const;
const intervals = ["retryIntervalSeconds", "submissionRetryIntervalSeconds"] as const;

const roomForTimestamp: Rule = ({ wishes: { name }, given }) => {
  if (name === undefined || !given("schedule") || name.length <= maxScheduledJobNameCharacters) return [];
  const problem = `${describeValue(name)} is too long for a job with a schedule, whose runs get a timestamp`;
  return [{ path: "name", problem, expected: `at most ${maxScheduledJobNameCharacters} characters` }];
};

const rules: readonly Rule[] = [
  roomForTimestamp,
  versionOnOffer,
  programIsThere,
  classFitsProgram,
  requestWithinLimit,
  scalingIsOne,
  executorsInOrder,
  variablesOnce,
  retriesHaveEffect,
];
