import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { at, textAt } from "../../../local/kube/json.ts";
import { duplicateKey } from "../../src/api/duplicate-key.ts";
import { mutatedText, read } from "../support/mutations.ts";
import { startReading } from "../support/reading.ts";
import { assertNothingDropped, assertWithinBounds, prepare, platform } from "../support/within-bounds.ts";

test("of 100,000 mutated requests none reaches the controller with a key or a location that is not the list's", () => {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(mutatedText, (text) => {
      const body = read(text);
      const result = duplicateKey(text) === undefined ? prepare(body) : undefined;
      seen[result?.ok === true ? "accepted" : "refused"]++;
      if (result?.ok !== true) return;
      assertWithinBounds(body, result.value);
      assertNothingDropped(body, result.value);
    }),
    { numRuns: 100_000, seed: 17 },
  );
  assert.ok(seen.accepted > 5000 && seen.refused > 50_000, JSON.stringify(seen));
});

test("over HTTP a mutated request is what it is in this process", async (context) => {
  const { gateway, alice } = await startReading(context, "sqlite", platform);
  const seen = { valid: 0, invalid: 0, malformed: 0 };
  await fc.assert(
    fc.asyncProperty(mutatedText, async (text) => {
      const { status, body } = await gateway.call("POST", "/v1/applications:validate", {
        token: alice,
        body: text,
      });
      // The route's own key, which is nobody's.
      const result = prepare(read(text), "");
      if (status === 400) {
        seen.malformed++;
        assert.equal(textAt(body, "code"), "malformed-request");
        const polluting = /"(__proto__|constructor)"/.test(JSON.stringify(read(text)));
        assert.ok(duplicateKey(text) !== undefined || polluting, text);
        return;
      }
      assert.equal(status, 200, JSON.stringify(body));
      seen[result.ok ? "valid" : "invalid"]++;
      assert.equal(at(body, "valid"), result.ok);
      assert.equal(duplicateKey(text), undefined);
      if (result.ok)
        assert.deepEqual(at(body, "manifest", "spec"), read(JSON.stringify(result.value.manifest.spec)));
      else assert.deepEqual(at(body, "violations"), result.violations);
    }),
    { numRuns: 500, seed: 17 },
  );
  for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 20, `${outcome}: ${count}`);
});
