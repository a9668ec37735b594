import assert from "node:assert/strict";
import { describe, it, test } from "node:test";

import { messageOf, type DeclaredResource, type Rule } from "../../policy/rule.ts";
import { rules } from "../../policy/rules/index.ts";
import { allCases } from "./cases/index.ts";

const messages = (rule: Rule, stack: readonly DeclaredResource[]): readonly string[] =>
  stack.flatMap((resource) => rule.check(resource, stack)).map(messageOf);

for (const { rule, right, wrong } of allCases) {
  describe(rule.name, () => {
    for (const { name, stack } of right) {
      it(`has nothing against: ${name}`, () => {
        assert.deepEqual(messages(rule, stack), []);
      });
    }
    for (const { name, stack, says } of wrong) {
      it(`finds: ${name}`, () => {
        const found = messages(rule, stack);
        assert.equal(found.length, says.length, found.join("\n"));
        for (const [index, pattern] of says.entries()) assert.match(found[index] ?? "", pattern);
      });
    }
  });
}

test("every rule of the pack has cases that it passes and cases that it finds, and no other rule has", () => {
  assert.deepEqual(allCases.map(({ rule }) => rule.name).sort(), rules.map(({ name }) => name).sort());
  for (const { rule, right, wrong } of allCases) {
    assert.ok(rules.includes(rule), rule.name);
    assert.ok(right.some(({ stack }) => stack.length > 0) && wrong.length > 0, rule.name);
    for (const { name, says } of wrong) assert.ok(says.length > 0, `${rule.name}: ${name}`);
  }
});

test("rules have names that Pulumi takes, each its own", () => {
  const names = rules.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
});
