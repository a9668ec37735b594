import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { z } from "zod";

import { withReference } from "../../stacks/readme.ts";
import { stackSchema } from "../../stacks/schema.ts";
import { projectFolder, readYaml } from "../support/graph.ts";
import { at, recordAt } from "../support/kube-json.ts";

const declared = recordAt(readYaml("Pulumi.yaml"), "config");
const shape: Readonly<Record<string, z.ZodType>> = stackSchema.shape;
const jsonSchema = z.toJSONSchema(stackSchema, { io: "input" });

test("Pulumi.yaml declares the keys of the schema, with their types and descriptions", () => {
  assert.deepEqual(Object.keys(declared), Object.keys(shape));
  for (const [key, schema] of Object.entries(shape)) {
    const { type, description, default: fallback, items, ...more } = recordAt(declared, key);
    const written = recordAt(jsonSchema.properties, key);
    // A choice between kinds of objects is an object to Pulumi, which knows no choices.
    assert.equal(type, written["type"] ?? "object", key);
    assert.equal(description, z.globalRegistry.get(schema)?.description, key);
    assert.deepEqual(
      items,
      type === "array" ? { type: "object" } : undefined,
      `the CLI asks for items: ${key}`,
    );
    assert.notEqual(fallback, undefined, `the CLI refuses stacks without ${key}`);
    assert.deepEqual(more, {}, key);
  }
});

test("the defaults of Pulumi.yaml say just what the schema's do", () => {
  for (const [key, schema] of Object.entries(shape)) {
    const fromProject = schema.safeParse(at(declared, key, "default"));
    const fromSchema = schema.safeParse(undefined);
    assert.deepEqual(fromProject.data, fromSchema.data, key);
    assert.equal(fromProject.success, fromSchema.success, key);
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
