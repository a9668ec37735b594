import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { attack, attacked, hostile, places, rightRequest } from "../support/attacks.ts";
import { assertWithinBounds, prepare } from "../support/within-bounds.ts";

test("whatever is sent, it is refused, or becomes an application within the platform's bounds", () => {
  const seen = { accepted: 0, refused: 0 };
  const request = fc
    .tuple(rightRequest, fc.array(attack, { maxLength: 2 }))
    .map(([right, attacks]) => attacks.reduce<unknown>(attacked, right));
  fc.assert(
    fc.property(request, (body) => {
      const result = prepare(body);
      seen[result.ok ? "accepted" : "refused"]++;
      if (result.ok) assertWithinBounds(body, result.value);
      else assert.ok(result.violations.length > 0);
    }),
    { numRuns: 1500 },
  );
  assert.ok(seen.accepted > 150 && seen.refused > 150, JSON.stringify(seen));
});

test("each attack alone, at each place, is refused or has no effect", () => {
  const right = { namespace: "team-a", job: { name: "j", mainFile: "s3a://data/code/main.py" } };
  assert.ok(prepare(right).ok);
  for (const place of places) {
    for (const [key, value] of hostile) {
      const body = attacked(right, { place, key, value });
      const result = prepare(body);
      if (result.ok) assertWithinBounds(body, result.value);
      else assert.ok(result.violations.every(({ problem, expected }) => problem !== "" && expected !== ""));
    }
  }
});

test("any JSON at all is answered", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (job, code) => {
      for (const body of [job, { namespace: "team-a", job, code }, { namespace: job, job: code }]) {
        const result = prepare(body);
        if (result.ok) assertWithinBounds(body, result.value);
        else assert.ok(result.violations.length > 0);
      }
    }),
  );
});
