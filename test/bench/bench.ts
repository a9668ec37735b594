/** What one comparison comes to; one line of JSON on stdout. */
export interface Result {
  readonly name: string;
  /** Median of ours, in `unit`. */
  readonly value: number;
  readonly unit: string;
  /** Median of what ours is held against, in `unit`. */
  readonly baseline: number;
  /** Median of the rounds' own ratios; with few rounds it is near value / baseline, not equal to it. */
  readonly ratio: number;
  /** The most that `ratio` may be. */
  readonly limit: number;
}

/** A bench tells its progress by `log` and comes back with its results. */
export type Bench = (log: (line: string) => void) => Promise<readonly Result[]>;

/** What a bench throws that cannot run here; the message says what is missing. */
export class CannotRunError extends Error {
  override readonly name = "CannotRunError";
}

/** Two figures of one round, measured one right after the other. */
export interface Pair {
  readonly value: number;
  readonly baseline: number;
}

/**
 * Takes a number of rounds. A round measures every case once, one after the other, so that what slows the machine for
 * a while slows all cases alike.
 */
export async function interleave<Round>(
  count: number,
  measure: () => Promise<Round>,
  log: (line: string) => void,
): Promise<Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < count) {
    const round = await measure();
    rounds.push(round);
    log(`round ${rounds.length} of ${count}: ${JSON.stringify(round)}`);
  }
  return rounds;
}

/**
 * The result of some rounds. The ratio is taken within each round and the median over them: a round's two figures
 * were measured under the same load, two medians may come from different rounds.
 */
export function compare(of: Pick<Result, "name" | "unit" | "limit">, rounds: readonly Pair[]): Result {
  return {
    name: of.name,
    value: rounded(median(rounds.map(({ value }) => value))),
    unit: of.unit,
    baseline: rounded(median(rounds.map(({ baseline }) => baseline))),
    ratio: rounded(median(rounds.map(({ value, baseline }) => value / baseline))),
    limit: of.limit,
  };
}

/** @throws where there is nothing to take it of. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error("no figure was measured");
  return (lower + upper) / 2;
}

/** The figure that so many percent of all are no greater than. @throws where there is nothing to take it of. */
export function percentile(percent: number, figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const figure = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (figure === undefined) throw new Error("no figure was measured");
  return figure;
}

/** Three decimals: more is noise. */
export function rounded(figure: number): number {
  return Number(figure.toFixed(3));
}
