import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something that happens elsewhere has happened; fails after 10 s. */
export async function eventually(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await is())) {
    if (performance.now() > end) assert.fail(`it did not come to this: ${what}`);
    await sleep(2);
  }
}
