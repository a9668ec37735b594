import { updateIntervalSeconds } from "../../../components/history/history-conf.ts";
import { compare, interleave, rounded, type Result } from "../bench.ts";
import type { LoggedApplication } from "../../support/event-log/event-log.ts";
import { folderOf, jobsPage, knownTo, large, listed, putLog, small } from "./logs.ts";
import { plainRead } from "./plain-read.ts";
import type { Scene } from "./scene.ts";

const rounds = { small: 7, large: 3 };
const limits = {
  /** Of the interval that was waited for before: half a second, which no reader minds. */
  small: 0.05,
  /** It is read as in the baseline, and each task is written to a store on disk with some twenty indexes. */
  plainRead: 6,
  /** Linear is 1. The rest is for a store on disk that is ten times as large, and for noise. */
  growth: 1.5,
};
const sizes = { large: 1e9, tenth: 1e8 };

/** First pages of small applications, with all the others around. */
export async function smallFirstPages({ pages }: Scene, log: (line: string) => void): Promise<Result> {
  let number = 0;
  const measured = await interleave(
    rounds.small,
    async () => ({ value: await firstPage(pages, small(number++), 1), baseline: updateIntervalSeconds }),
    log,
  );
  return compare({ name: "history-first-page/small", unit: "s", limit: limits.small }, measured);
}

/**
 * First pages of applications with a log of 1 GB, before compression: against a program that reads the same log and
 * keeps nothing, and, byte for byte, against those with a tenth of the log.
 */
export async function largeFirstPages(scene: Scene, log: (line: string) => void): Promise<readonly Result[]> {
  let number = 0;
  const measured = await interleave(rounds.large, () => largeRound(scene, number++, log), log);
  return [
    compare(
      { name: "history-first-page/1GB", unit: "s", limit: limits.plainRead },
      measured.map(({ large, plain }) => ({ value: large, baseline: plain })),
    ),
    compare(
      { name: "history-first-page/growth", unit: "s per GB", limit: limits.growth },
      measured.map(({ large, tenth }) => ({
        value: large * (1e9 / sizes.large),
        baseline: tenth * (1e9 / sizes.tenth),
      })),
    ),
  ];
}

interface LargeRound {
  readonly large: number;
  readonly tenth: number;
  readonly plain: number;
}

/** Applications of its own, since every page is the first only once. */
async function largeRound(scene: Scene, number: number, log: (line: string) => void): Promise<LargeRound> {
  const { bucket, pages } = scene;
  const [app, smaller] = [large(sizes.large, number), large(sizes.tenth, number)];
  const before = (await knownTo(pages)).length;
  const put = await putLog(bucket, app);
  const { jobs } = await putLog(bucket, smaller);
  await listed(pages, before + 2);
  log(`${app.name}: ${sizes.large} bytes, ${put.bytes} as they lie in the store, of ${put.jobs} jobs`);
  const tenth = await firstPage(pages, smaller, jobs);
  const whole = await firstPage(pages, app, put.jobs);
  const begun = performance.now();
  await plainRead(bucket, folderOf(app));
  return { large: whole, tenth, plain: rounded((performance.now() - begun) / 1000) };
}

/** Seconds until it is there, with all of the application's jobs. */
async function firstPage(way: Scene["pages"], app: LoggedApplication, jobs: number): Promise<number> {
  const begun = performance.now();
  const { status, body } = await way.get(jobsPage(app));
  const seconds = rounded((performance.now() - begun) / 1000);
  if (status !== 200 || !body.includes(`Completed Jobs (${jobs})`))
    throw new Error(`the page of ${app.name} does not show its ${jobs} jobs: HTTP ${status}`);
  return seconds;
}
