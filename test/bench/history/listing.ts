import { restart } from "../../e2e/rollouts.ts";
import { until } from "../../../local/kube/wait.ts";
import { compare, interleave, rounded, type Pair, type Result } from "../bench.ts";
import { folderOf, knownTo, listed, listing, putLog, small } from "./logs.ts";
import { plainRead } from "./plain-read.ts";
import { historyServer, type Scene } from "./scene.ts";

const rounds = { list: 7, restart: 3 };
const limits = {
  /** The server reads as much, also from the store, with one thread of a virtual machine that has just begun. */
  restart: 4,
};
const together = 8;

/** Puts the logs of small applications 0 to count, and waits until they are all listed. */
export async function fillListing(scene: Scene, count: number, log: (line: string) => void): Promise<void> {
  const before = (await knownTo(scene.pages)).length;
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < count) await putLog(scene.bucket, small(next++));
  };
  await Promise.all(Array.from({ length: together }, some));
  const begun = performance.now();
  await listed(scene.pages, before + count);
  log(`${count} logs more: all listed ${seconds(begun)} s after the last one came`);
}

/** The list of all, against the list of a tenth of them: what a reader of the first page waits for. Linear is the limit. */
export async function listTimes(scene: Scene, count: number, log: (line: string) => void): Promise<Result> {
  const requests = 5;
  const share = 10;
  const time = async (path: string): Promise<number> =>
    rounded((1000 * (await scene.pages.secondsFor(path, requests, 1))) / requests);
  const measure = async (): Promise<Pair> => ({
    value: await time(listing()),
    baseline: await time(listing(count / share)),
  });
  log(`not counted, since the server is still warming up: ${JSON.stringify(await measure())}`);
  return compare(
    { name: `history-list/${count}`, unit: "ms", limit: share },
    await interleave(rounds.list, measure, log),
  );
}

/**
 * A server that starts anew knows nothing: seconds from its first answer until it lists all, against those that a
 * program needs that reads the same logs one after the other.
 */
export async function restarts(scene: Scene, count: number, log: (line: string) => void): Promise<Result> {
  const all = await knownTo(scene.pages);
  const measure = async (): Promise<Pair> => {
    await restart(scene.kube, historyServer);
    await until(
      "the server to answer",
      60_000,
      async () => {
        const { status } = await scene.pages.get(listing(1));
        return status === 200 ? { done: undefined } : { waiting: `HTTP ${status}` };
      },
      100,
    );
    let begun = performance.now();
    await listed(scene.pages, all.length);
    const value = seconds(begun);
    begun = performance.now();
    for (let number = 0; number < count; number++) await plainRead(scene.bucket, folderOf(small(number)));
    return { value, baseline: seconds(begun) };
  };
  const { restart: limit } = limits;
  return compare(
    { name: "history-list/restart", unit: "s", limit },
    await interleave(rounds.restart, measure, log),
  );
}

function seconds(begun: number): number {
  return rounded((performance.now() - begun) / 1000);
}
