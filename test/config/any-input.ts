import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";

import { loadConfig } from "../../config.ts";
import { checkStack } from "../../stacks/check.ts";
import { stackKeys } from "../../stacks/schema.ts";
import { evaluate } from "../support/mocks.ts";
import { existing } from "./read.ts";

const keys = [...stackKeys];
const targets = fc.constantFrom("aws", "kubeconfig");
const versions = { kubeconfig: ["4.0.4"], aws: ["4.0.4"] };
const words = fc.constantFrom(
  "kind",
  "keys",
  "jobs",
  "objects",
  "code",
  "file",
  "folder",
  "main",
  "name",
  "namespace",
);
const { value: near } = fc.letrec<{ value: unknown }>((tie) => ({
  // Values that look like a stack file at some places reach deeper than arbitrary ones.
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown[]>(
      "in-cluster",
      "existing",
      "analytics",
      "no/such",
      "",
      "__proto__",
      0,
      null,
      existing,
    ),
    fc.dictionary(fc.oneof(words, fc.constantFrom(...keys), fc.string()), tie("value"), { maxKeys: 4 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.jsonValue(),
  ),
}));
const stacks = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), near, { maxKeys: 8 });

test("whatever is written, a stack is right or has at least one problem with all its parts", () => {
  fc.assert(
    fc.property(stacks, fc.option(targets), (some, target) => {
      const checked = checkStack(target === null ? some : { ...some, target }, versions);
      if (checked.ok) return;
      assert.ok(checked.violations.length > 0);
      for (const { problem, expected } of checked.violations) assert.ok(problem !== "" && expected !== "");
    }),
    { numRuns: 400 },
  );
});

test("jobs and namespaces of any form do not hide what else is wrong", () => {
  fc.assert(
    fc.property(near, near, targets, (namespaces, jobs, target) => {
      const checked = checkStack({ namespaces, jobs, target, targt: 1 }, versions);
      assert.ok(!checked.ok && checked.violations.some(({ path }) => path === "targt"));
    }),
  );
});

test("reading never fails with anything but a RunError, whatever text a key holds", async () => {
  const texts = fc.oneof(
    near.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.constantFrom("{", "[1,", '{"a":}', " [", "null", "true"),
  );
  await evaluate(() => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), texts), (given) => {
        const entries = Object.entries(given).map(([key, value]): [string, string] => [
          `spark-platform:${key}`,
          value,
        ]);
        pulumi.runtime.setAllConfig(Object.fromEntries(entries));
        try {
          loadConfig();
        } catch (error) {
          assert.ok(error instanceof pulumi.RunError, String(error));
        }
      }),
      { numRuns: 200 },
    );
    return Promise.resolve();
  });
});

test("of many wrong jobs each one's problems are told", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
      const wrong = { namespace: "analytics", mainFile: "nowhere", executor: { cores: 0 } };
      const checked = checkStack(
        { namespaces: [{ name: "analytics" }], jobs: Object.fromEntries(names.map((each) => [each, wrong])) },
        versions,
      );
      const paths = checked.ok ? [] : checked.violations.map((each) => each.path);
      const expected = names.flatMap((each) => [`jobs.${each}.executor.cores`, `jobs.${each}.mainFile`]);
      assert.deepEqual([...paths].sort(), expected.sort());
    }),
    { numRuns: 30 },
  );
});
