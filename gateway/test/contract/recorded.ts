import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { record } from "./recording.ts";

test("what the clients are tested against is what the gateway serves", async (context) => {
  for (const [path, text] of await record(context)) {
    const recorded = existsSync(path) ? readFileSync(path, "utf8") : "";
    assert.ok(recorded === text, `${path} is old: run \`node gateway/test/contract/record.ts\``);
  }
});
