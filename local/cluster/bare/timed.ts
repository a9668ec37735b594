import type { Say } from "../cluster.ts";

/** Does it, and says how long that took. */
export async function timed<T>(say: Say, done: string, action: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await action();
  say(`${done} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return result;
}
