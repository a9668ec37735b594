import { seconds } from "../../../images/progress.ts";
import type { Say } from "../cluster.ts";

/** Does it, and says how long that took. */
export async function timed<T>(say: Say, done: string, action: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await action();
  say(`${done} in ${seconds(begun)}`);
  return result;
}
