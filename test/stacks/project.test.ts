import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { z } from "zod";

import { withReference } from "../../stacks/readme.ts";
import { commonKeys, targetKeys, targetSchema } from "../../stacks/schema.ts";
import { projectFolder, readYaml } from "../support/graph.ts";
import { at, recordAt } from "../support/kube-json.ts";

const declared = recordAt(readYaml("Pulumi.yaml"), "config");
/** Key -> its schema in each target that has it. */
const schemas = new Map<string, Set<z.ZodType>>();
for (const shape of [{ target: targetSchema }, ...Object.values(targetKeys), commonKeys]) {
  for (const [key, schema] of Object.entries<z.ZodType>(shape))
    schemas.set(key, (schemas.get(key) ?? new Set()).add(schema));
}

test("Pulumi.yaml declares the keys of the schemas, with their types and descriptions", () => {
  assert.deepEqual(Object.keys(declared).sort(), [...schemas.keys()].sort());
  for (const [key, ofTargets] of schemas) {
    const { type, description, default: fallback, items, ...more } = recordAt(declared, key);
    const types = [...ofTargets].map((schema) => z.toJSONSchema(schema, { io: "input" }).type ?? "object");
    // A choice between kinds of objects is an object to Pulumi, which knows no choices.
    assert.deepEqual([...new Set(types)], [type], key);
    const texts = [...ofTargets].map((schema) => z.globalRegistry.get(schema)?.description);
    assert.equal(description, texts.join("; in AWS: "), key);
    assert.deepEqual(
      items,
      type === "array" ? { type: "object" } : undefined,
      `the CLI asks for items: ${key}`,
    );
    assert.notEqual(fallback, undefined, `the CLI refuses stacks without ${key}`);
    assert.deepEqual(more, {}, key);
  }
});

test("the defaults of Pulumi.yaml say nothing, but for the target: each target has its own", () => {
  for (const key of schemas.keys()) {
    const fallback = at(declared, key, "default");
    if (key === "target") assert.equal(fallback, targetSchema.parse(undefined));
    else assert.deepEqual(fallback, at(declared, key, "type") === "array" ? [] : {}, key);
  }
});

test("stacks/README.md has every key as the schema has it: node stacks/write-readme.ts writes it", () => {
  const readme = readFileSync(path.join(projectFolder, "stacks/README.md"), "utf8");
  assert.equal(withReference(readme), readme);
  for (const key of ["storage.keys.jobs.secretAccessKey", "namespaces[].quota.pods", "schedule.cron"])
    assert.ok(readme.includes(`| \`${key}\` |`), key);
});

test("every key has its meaning, and every key with a free value an example", () => {
  const readme = readFileSync(path.join(projectFolder, "stacks/README.md"), "utf8");
  const lines = readme.split("\n").filter((line) => line.startsWith("| `"));
  assert.ok(lines.length > 90);
  for (const line of lines) {
    const [, key, type, , meaning, example] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    assert.notEqual(meaning, "", key);
    if (type !== "object") assert.notEqual(example, "", key);
  }
});
