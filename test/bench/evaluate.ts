import { compare, interleave, rounded, type Bench, type Pair } from "./bench.ts";
import { evaluateIn } from "./evaluate/process.ts";
import { twins, type Twins } from "./evaluate/same-resources.ts";

const sizes = [10, 100, 1000] as const;
/** With fewer, the noise of a busy machine comes near to the limits. */
const roundCount = 7;

const limits = {
  /** The same resources registered by hand, without components and checks. */
  byHand: 1.5,
  /** Linear is 1. The rest is for noise, and for a heap ten times as large, which the collector goes through more often. */
  growth: 1.25,
};

interface Evaluation extends Pair {
  readonly jobs: number;
}

/**
 * The time to evaluate the program with 10, 100 and 1,000 jobs, against a program that registers the same resources
 * by hand, and how it grows.
 *
 * It is CPU time, in a fresh process for each figure, from the import of index.ts to the last registration. Nothing
 * in an evaluation waits, so on an idle machine this is what a user waits for; on a busy one the time by the clock
 * would mostly be others'. The start of Node and the loading of Pulumi's SDKs are left out: they are the same in
 * both and would hide what differs.
 */
export const evaluate: Bench = async (log) => {
  const programs: Twins[] = [];
  for (const jobs of sizes) {
    log(`${jobs} jobs: are the resources the same?`);
    programs.push(await twins(jobs));
  }
  const rounds = await interleave(roundCount, () => measure(programs), log);
  const against = sizes.map((jobs) =>
    compare(
      { name: `evaluate/${jobs}`, unit: "ms", limit: limits.byHand },
      rounds.map((round) => of(round, jobs)),
    ),
  );
  const growth = compare(
    { name: "evaluate/growth", unit: "ms per job", limit: limits.growth },
    rounds.map(growthOf),
  );
  return [...against, growth];
};

async function measure(programs: readonly Twins[]): Promise<readonly Evaluation[]> {
  const round: Evaluation[] = [];
  for (const { jobs, stack, byHand } of programs) {
    const value = (await evaluateIn({ stack, record: false })).milliseconds;
    const baseline = (await evaluateIn({ ...byHand, record: false })).milliseconds;
    round.push({ jobs, value: rounded(value), baseline: rounded(baseline) });
  }
  return round;
}

/**
 * What a job costs between 100 and 1,000 jobs against between 10 and 100: differences, so that the platform's own
 * share, which is the same in all, does not make the larger look cheaper.
 */
function growthOf(round: readonly Evaluation[]): Pair {
  const [few, some, many] = sizes.map((jobs) => of(round, jobs));
  if (few === undefined || some === undefined || many === undefined)
    throw new Error("three sizes are needed");
  const [a, b, c] = sizes;
  return { value: (many.value - some.value) / (c - b), baseline: (some.value - few.value) / (b - a) };
}

function of(round: readonly Evaluation[], jobs: number): Evaluation {
  const found = round.find((evaluation) => evaluation.jobs === jobs);
  if (found === undefined) throw new Error(`${jobs} jobs were not measured`);
  return found;
}
