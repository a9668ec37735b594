import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { allAtOnce, atRate } from "./load.ts";

test("calls at a rate do not wait for one another, and who begins late has taken longer", async () => {
  let open = 0;
  let most = 0;
  const slow = async (): Promise<void> => {
    most = Math.max(most, ++open);
    await delay(60);
    open--;
  };
  const figures = await atRate(100, 10, slow);
  assert.equal(figures.length, 10);
  assert.ok(most > 1, `${most} at once`);
  assert.ok(Math.min(...figures) >= 55, String(figures));
  // The first holds up all others for 100 ms.
  let first = true;
  const blocking = (): Promise<void> => {
    const end = performance.now() + (first ? 100 : 0);
    first = false;
    while (performance.now() < end);
    return Promise.resolve();
  };
  const [, second = 0] = await atRate(100, 3, blocking);
  assert.ok(second >= 85, `${second} ms`);
});

test("workers make each call once, so many at a time", async () => {
  let open = 0;
  let most = 0;
  let calls = 0;
  await allAtOnce(3, 10, async () => {
    calls++;
    most = Math.max(most, ++open);
    await delay(1);
    open--;
  });
  assert.deepEqual({ calls, most }, { calls: 10, most: 3 });
});
