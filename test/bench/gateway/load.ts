import { setTimeout as delay } from "node:timers/promises";

export type Call = () => Promise<unknown>;

/**
 * Begins calls at even intervals, whether the earlier ones have ended or not. Returns the milliseconds of each since it
 * was due: who has to wait for the caller has waited too.
 */
export function atRate(perSecond: number, count: number, call: Call): Promise<readonly number[]> {
  const begun = performance.now();
  const one = async (number: number): Promise<number> => {
    const due = begun + (number * 1000) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    await call();
    return performance.now() - due;
  };
  return Promise.all(Array.from({ length: count }, (_, number) => one(number)));
}

/** Makes calls by so many workers, each of which begins the next when one has ended. Returns the milliseconds for each call. */
export async function allAtOnce(workers: number, count: number, call: Call): Promise<number> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: workers }, work));
  return (performance.now() - begun) / count;
}
