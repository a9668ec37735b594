import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { formatId, nanosecondsOf, parseId, splitTime } from "../../src/logs/log-line.ts";
import { Tail } from "../../src/logs/tail.ts";

test("the last lines are as many as were asked for, or fewer where they are long", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 20 }), (lines, most) => {
      const tail = new Tail(most);
      for (const line of lines) tail.push(line);
      assert.deepEqual(tail.lines(), lines.slice(-most));
    }),
  );
  const tail = new Tail(1000);
  for (let index = 0; index < 1000; index += 1) tail.push("x".repeat(65_536));
  assert.equal(tail.lines().length, 128);
});

test("ids are what was given out and nothing else", () => {
  const id = { time: "2026-11-24T12:54:35.438916561Z", ordinal: 3 };
  assert.deepEqual(parseId(formatId(id)), id);
  for (const wrong of ["", "x", "2026-11-24T12:54:35Z", "2026-99-24T12:54:35Z.0", `${id.time}.-1`])
    assert.equal(parseId(wrong), undefined, wrong);
  const time = "2026-11-24T12:54:35.4+02:00";
  assert.deepEqual(splitTime(`${time} a b`), { time, text: "a b" });
  assert.equal(splitTime("failed to try resolving symlinks"), undefined);
  assert.equal(nanosecondsOf(time), nanosecondsOf("2026-11-24T10:54:35.400000000Z"));
});
