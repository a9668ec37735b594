import type { Pair } from "../bench.ts";
import { until } from "../../../local/kube/wait.ts";

const pollMs = 250;
const timeoutMs = 1_200_000;
/** Parts of all that are left where the clock is read: the start of the operator is over, its end has not come. */
const marks = { first: 0.9, middle: 0.5, last: 0.1 };

/** How many were left at a moment, in milliseconds. */
export interface Sample {
  readonly atMs: number;
  readonly left: number;
}

/** Watches applications go until none is left. */
export async function watchThemGo(left: () => Promise<number>): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  return until(
    "the applications to be removed",
    timeoutMs,
    async () => {
      const sample = { left: await left(), atMs: performance.now() };
      samples.push(sample);
      return sample.left === 0 ? { done: samples } : { waiting: `${sample.left} are there` };
    },
    pollMs,
  );
}

/**
 * Seconds in which they went from nine tenths of all to the half, while most are there, against those from the half to a
 * tenth, while few are. Where a removal costs more the more there are, it is the first that takes longer.
 */
export function secondsFor(count: number, samples: readonly Sample[]): Pair {
  const momentOf = (part: number): number =>
    (samples.find(({ left }) => left <= part * count)?.atMs ?? Number.NaN) / 1000;
  const middle = momentOf(marks.middle);
  return { value: middle - momentOf(marks.first), baseline: momentOf(marks.last) - middle };
}
