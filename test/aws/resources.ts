import { test, type TestContext } from "node:test";

import { awsGraph, stacks } from "./aws-graph.ts";

for (const stack of stacks) {
  // `npm test -- --test-update-snapshots` writes it anew: what a change adds or takes away is then in its diff.
  test(`all that ${stack} consists of`, async (context: TestContext) => {
    const { registrations } = await awsGraph(stack);
    const lines = registrations.map(({ type, name, protect, retainOnDelete }) =>
      [type, name, ...(protect ? ["protected"] : []), ...(retainOnDelete ? ["retained"] : [])].join(" "),
    );
    context.assert.snapshot(lines.sort());
  });
}
