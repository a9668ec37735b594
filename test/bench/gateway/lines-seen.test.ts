import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import { LinesSeen, nowMs, readLines } from "./lines-seen.ts";

const never = new AbortController().signal;

test("a line's lag is what has passed since it was written, whatever it is wrapped in", async () => {
  const now = nowMs();
  const nanoseconds = `${BigInt(Math.round(now - 500)) * 1_000_000n}`;
  const seen = new LinesSeen(now - 1000);
  const events = [
    "retry: 1000\n\ndata: 6 1\n\nid: 2026-11-24T12:00:00Z.0\nda",
    `ta: 7 ${nanoseconds}\n\n: alive\n\n`,
  ];
  const rest = `data: {"state":"RUNNING"}\n\n8 ${nanoseconds}\n`;
  await assert.rejects(readLines(Readable.from([...events, rest]), seen, never), /ended while/);
  assert.equal(seen.lags.length, 2);
  for (const lag of seen.lags) assert.ok(lag >= 499 && lag < 5000, `${lag} ms`);
});

test("a line that is missing, and one that comes twice, are told", () => {
  const seen = new LinesSeen(0);
  seen.take("1 0", 0);
  seen.take("2 0", 0);
  assert.throws(() => {
    seen.take("2 0", 0);
  }, /line 2 came after line 2/);
  assert.throws(() => {
    seen.take("4 0", 0);
  }, /line 4 came after line 2/);
});
