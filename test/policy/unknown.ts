import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";

import { messageOf, type DeclaredResource, type Rule } from "../../policy/rule.ts";
import { unknown } from "../../policy/values.ts";
import { allCases } from "./cases/index.ts";
import { hiddenInputs } from "./hide.ts";

const messages = (rule: Rule, stack: readonly DeclaredResource[]): readonly string[] =>
  stack.flatMap((resource) =>
    rule.check(resource, stack).map((each) => `${resource.urn} ${messageOf(each)}`),
  );

test("what a rule takes for unknown is what Pulumi does", () => {
  assert.equal(unknown, pulumi.runtime.unknownValue);
});

for (const cases of allCases) {
  test(`${cases.rule.name}: what is not known adds no violation`, () => {
    fc.assert(
      fc.property(hiddenInputs(cases), ([known, hidden]) => {
        const found = messages(cases.rule, hidden);
        assert.ok(found.length <= messages(cases.rule, known).length, found.join("\n"));
      }),
      { numRuns: 500 },
    );
  });
}
