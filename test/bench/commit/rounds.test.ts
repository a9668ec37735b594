import assert from "node:assert/strict";
import { test } from "node:test";

import { roundsOf } from "./rounds.ts";

test("the rounds of a driver's log are those of each case, and the lines around them are left out", () => {
  const log = [
    "26/11/28 22:31:00 WARN SparkSession: a word of Spark's own",
    '{"case": "20x50", "value": 1.5, "baseline": 3.5}',
    '{"case": "1000x1", "value": 6, "baseline": 10}',
    '{"case": "20x50", "value": 1.25, "baseline": 4}',
    "",
  ];
  assert.deepEqual(Object.fromEntries(roundsOf(log.join("\n"))), {
    "20x50": [
      { value: 1.5, baseline: 3.5 },
      { value: 1.25, baseline: 4 },
    ],
    "1000x1": [{ value: 6, baseline: 10 }],
  });
});

test("a round without a figure is no round", () => {
  assert.throws(() => roundsOf('{"case": "20x50", "value": 1.5}'), /not a round.*20x50/);
});
