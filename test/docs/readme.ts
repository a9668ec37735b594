import assert from "node:assert/strict";
import { test } from "node:test";

import { commands, readDocument } from "./documents.ts";

/** The suite `demo` runs these two, and the block of Python. */
const ofSuite = ["npm run demo", "npm run demo -- --down"];

test("the gate runs every command block of the README", () => {
  const readme = readDocument("README.md");
  const gate = readDocument(".ci/run").split("\n");
  const all = commands(readme);
  assert.deepEqual(
    all.filter((command) => !ofSuite.includes(command) && !gate.includes(command)),
    [],
  );
  // A block of any other kind would be one that nobody runs.
  const kinds = [...readme.matchAll(/^```(\w+)$/gm)].map(([, kind]) => kind);
  assert.deepEqual([...new Set(kinds)].sort(), ["mermaid", "python", "sh"]);
  for (const command of [...ofSuite, "npm test"]) assert.ok(all.includes(command), command);
});
