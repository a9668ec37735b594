import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { KeyQueue } from "../../src/reconcile/key-queue.ts";
import { eventually } from "../support/eventually.ts";
import { VirtualPace } from "../support/virtual-pace.ts";

interface Handled {
  readonly queue: KeyQueue;
  readonly pace: VirtualPace;
  readonly stop: AbortController;
  /** Keys in the order in which their handling began. */
  readonly begun: readonly string[];
  readonly errors: readonly unknown[];
  readonly tookMs: readonly number[];
  /** Ends the handling of a key that was begun, with an error or without. */
  readonly end: (key: string, error?: Error) => void;
}

function handled(context: TestContext): Handled {
  const pace = new VirtualPace();
  const stop = new AbortController();
  const begun: string[] = [];
  const errors: unknown[] = [];
  const tookMs: number[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const queue = new KeyQueue({
    pace,
    signal: stop.signal,
    debounceMs: 300,
    parallel: 2,
    handle: (key) =>
      new Promise((resolve, reject) => {
        assert.ok(!ends.has(key), "a key is handled once at a time");
        begun.push(key);
        ends.set(key, (error) => {
          ends.delete(key);
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
    onError: (_key, error) => void errors.push(error),
    onDone: (ms) => void tookMs.push(ms),
  });
  context.after(async () => {
    stop.abort();
    for (const end of [...ends.values()]) end();
    await queue.ended();
  });
  const end: Handled["end"] = (key, error) => {
    const it = ends.get(key) ?? assert.fail(`${key} is not being handled`);
    it(error);
  };
  return { queue, pace, stop, begun, errors, tookMs, end };
}

test("a burst of news is handled once, and what comes meanwhile once more", async (context) => {
  const { queue, pace, begun, tookMs, end } = handled(context);
  for (let count = 0; count < 5; count++) queue.add("a");
  pace.advance(299);
  assert.deepEqual(begun, []);
  pace.advance(1);
  await eventually("handled", () => begun.length === 1);
  for (let count = 0; count < 5; count++) queue.add("a");
  end("a");
  await eventually("done", () => tookMs.length === 1);
  pace.advance(300);
  await eventually("handled again", () => begun.length === 2);
  end("a");
  await eventually("done", () => tookMs.length === 2);
  assert.deepEqual(tookMs, [300, 300]);
  queue.add("a");
  pace.advance(300);
  await eventually("handled anew", () => begun.length === 3);
});

test("what fails is tried again, later each time", async (context) => {
  const { queue, pace, begun, errors, tookMs, end } = handled(context);
  queue.add("a");
  pace.advance(300);
  for (const [index, waitMs] of [1000, 2000, 5000, 10_000, 30_000, 30_000].entries()) {
    await eventually("begun", () => begun.length === index + 1);
    end("a", new Error("away"));
    await eventually("told", () => errors.length === index + 1);
    pace.advance(waitMs - 1);
    assert.equal(begun.length, index + 1);
    pace.advance(1);
  }
  await eventually("begun", () => begun.length === 7);
  end("a");
  await eventually("done", () => tookMs.length === 1);
});

test("so many keys are handled at once, and none after the stop", async (context) => {
  const { queue, pace, stop, begun, tookMs, end } = handled(context);
  for (const key of ["a", "b", "c", "d"]) queue.add(key);
  pace.advance(300);
  await eventually("two", () => begun.length === 2);
  end("a");
  await eventually("three", () => begun.length === 3);
  stop.abort();
  end("b");
  end("c");
  await queue.ended();
  assert.deepEqual(begun, ["a", "b", "c"]);
  assert.equal(tookMs.length, 3);
  queue.add("e");
  await queue.ended();
});
