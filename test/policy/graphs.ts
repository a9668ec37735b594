import assert from "node:assert/strict";
import { test } from "node:test";

import { openStatements } from "../../policy/open-statements.ts";
import { unprotectedTags } from "../../policy/rules/protection.ts";
import { requiredTags } from "../../policy/rules/tags.ts";
import { grantsOf } from "../../policy/statements.ts";
import { vmGraph } from "../registry/vm-graph.ts";
import { localGraph } from "../support/graph.ts";
import type { Graph } from "../support/mocks.ts";
import { declared, violations } from "../support/policy.ts";

const tags = Object.fromEntries(requiredTags.map((tag) => [tag, "x"]));
const registryVm = { bucket: "images", allowedCidrs: ["0.0.0.0/0"], defaultTags: tags, protect: true };

/** Stacks and parts of stacks. */
const graphs: readonly (readonly [string, (preview: boolean) => Promise<Graph>])[] = [
  ["the local stack", (preview) => localGraph({}, preview)],
  ["the registry's VM", (preview) => vmGraph(registryVm, { preview })],
  [
    "the registry's VM with its own CA",
    (preview) => vmGraph({ ...registryVm, certificate: "private" }, { preview }),
  ],
];

for (const [name, graph] of graphs) {
  test(`${name} keeps to the policy pack, in an update and in a preview`, async () => {
    for (const preview of [false, true]) assert.deepEqual(violations(await graph(preview)), []);
  });
}

test("a stack that may be deleted whole says so in its tags, and then needs no protection", async () => {
  const found = violations(await vmGraph({ ...registryVm, protect: false }));
  assert.equal(found.length, 1);
  assert.match(
    found[0] ?? "",
    /^named-address-protected: aws:ec2\/eip:Eip registry-address: options\.protect: is false/,
  );
  const open = { ...registryVm, protect: false, defaultTags: { ...tags, ...unprotectedTags } };
  assert.deepEqual(violations(await vmGraph(open)), []);
});

test("the tags come from the provider that a resource is given", async () => {
  const { project, ...others } = tags;
  assert.ok(project);
  const graph = await vmGraph({ ...registryVm, defaultTags: others });
  const found = violations(graph);
  assert.equal(found.length, graph.registrations.filter(({ type }) => type.startsWith("aws:")).length);
  for (const each of found) assert.match(each, /^tagged: .*: tags: without project; expected/);
});

test("a statement that may be for every resource is one that some stack has, with just those actions", async () => {
  const all = await Promise.all(graphs.map(([, graph]) => graph(false)));
  const grants = all.flatMap(declared).flatMap(grantsOf);
  for (const [sid, actions] of Object.entries(openStatements)) {
    const used = grants.filter((each) => each.sid === sid && each.resources.includes("*"));
    assert.ok(used.length > 0, sid);
    for (const each of used) assert.deepEqual([...each.actions].sort(), [...actions].sort(), sid);
  }
});
