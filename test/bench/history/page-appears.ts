import { setTimeout as delay } from "node:timers/promises";

import { updateIntervalSeconds } from "../../../components/history/history-conf.ts";
import { compare, interleave, rounded, type Pair, type Result } from "../bench.ts";
import { jobsPage, putLog, shown, small } from "./logs.ts";
import type { Scene } from "./scene.ts";

const roundCount = 6;
const limits = {
  /**
   * Who comes at any time waits for half of an interval and of a look, and for the look that finds the log. Looks may
   * take half an interval.
   */
  usual: 1.25,
  /** Who comes when a look has just begun waits for its end, the interval, and the next look. */
  longest: 2,
};

/**
 * Seconds from a job's end to its page, against the interval between looks. The end is the moment at which the last
 * object of its log goes to the bucket. The operator's word for it comes later by some seconds, rounded to whole
 * ones; and logs that are put can come at any time between two looks, spread evenly.
 */
export async function pagesAppear(
  { bucket, pages }: Scene,
  name: string,
  firstNumber: number,
  log: (line: string) => void,
): Promise<readonly Result[]> {
  let number = firstNumber;
  const rounds = await interleave(
    roundCount,
    async (): Promise<Pair> => {
      const app = small(number);
      // The page that was seen last came with a look.
      await delay(1000 * updateIntervalSeconds * ((number - firstNumber + 0.5) / roundCount));
      number++;
      await putLog(bucket, app);
      const begun = performance.now();
      await shown(pages, jobsPage(app));
      return { value: rounded((performance.now() - begun) / 1000), baseline: updateIntervalSeconds };
    },
    log,
  );
  const longest = rounds.reduce((most, round) => (round.value > most.value ? round : most));
  return [
    compare({ name, unit: "s", limit: limits.usual }, rounds),
    compare({ name: `${name}/longest`, unit: "s", limit: limits.longest }, [longest]),
  ];
}
