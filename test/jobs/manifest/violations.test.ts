import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { z } from "zod";

import { check, formatViolations } from "../../../jobs/manifest/index.ts";

const schema = z.strictObject({
  region: z
    .string()
    .min(3)
    .meta({ description: "the region", examples: ["eu-central-1"] }),
  nodes: z
    .int()
    .min(1)
    .max(9)
    .meta({ description: "how many", examples: [3] })
    .default(3),
  mode: z.enum(["fast", "safe"]).meta({ description: "the mode" }).optional(),
  key: z
    .string()
    .regex(/^K/)
    .meta({ description: "the key", examples: ["K1"], secret: true })
    .optional(),
  store: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("own"),
        size: z.string().meta({ description: "its size", examples: ["1Gi"] }),
      }),
      z.strictObject({ kind: z.literal("given"), endpoint: z.url().meta({ description: "its address" }) }),
    ])
    .optional(),
  source: z.union([z.strictObject({ file: z.string() }), z.string().min(2)]).optional(),
  tags: z.array(z.string().meta({ description: "a tag", examples: ["a"] })).optional(),
});

function found(input: unknown, base?: string): readonly string[] {
  const result = check(schema, input, base);
  return result.ok
    ? []
    : result.violations.map(({ path, problem, expected }) => `${path} | ${problem} | ${expected}`);
}

test("what is right comes back with its defaults", () => {
  assert.deepEqual(check(schema, { region: "eu" + "-1" }), { ok: true, value: { region: "eu-1", nodes: 3 } });
});

test("each problem says where, what and what would be right, below a base path if there is one", () => {
  assert.deepEqual(found({ nodes: 10, mode: "x", tags: ["a", 1], regoin: "eu" }, "cluster"), [
    'cluster.region | is missing | the region, for example "eu-central-1"',
    "cluster.nodes | 10 is above the maximum of 9 | how many, for example 3",
    'cluster.mode | "x" is not one of "fast", "safe" | the mode',
    'cluster.tags[1] | 1 is not a text | a tag, for example "a"',
    'cluster.regoin | "regoin" is not a key that is known here | "region" (or one of region, nodes, mode, key, store, source, tags)',
  ]);
  assert.deepEqual(found({ region: "e", nodes: 1.5 }), [
    'region | "e" is too short: at least 3 characters | the region, for example "eu-central-1"',
    "nodes | 1.5 is not a whole number | how many, for example 3",
  ]);
  assert.deepEqual(found(null), [" | null is not an object | another value"]);
});

test("a secret is not repeated", () => {
  assert.deepEqual(found({ region: "eu-1", key: "hunter2" }), [
    'key | the value (not shown) does not have the right form | the key, for example "K1"',
  ]);
});

test("of a union, the option that was meant speaks", () => {
  assert.deepEqual(found({ region: "eu-1", store: { kind: "own", size: 1 } }), [
    'store.size | 1 is not a text | its size, for example "1Gi"',
  ]);
  assert.deepEqual(found({ region: "eu-1", source: { file: 1 } }), [
    "source.file | 1 is not a text | another value",
  ]);
  assert.equal(found({ region: "eu-1", source: 1 }).length, 1);
});

test("a hostile key cannot forge a line", () => {
  const result = check(schema, { region: "eu-1", "x\n2 problems:": 1 });
  assert.ok(!result.ok);
  assert.equal(formatViolations(result.violations).split("\n").length, 3);
});

test("any input is answered", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true }), (input) => {
      const result = check(schema, input);
      assert.ok(result.ok || result.violations.length > 0);
    }),
  );
});

test("a name that zod would leave out of a record is refused, wherever a record is", () => {
  const names = z.record(
    z.string(),
    z.union([z.string(), z.strictObject({ inner: z.record(z.string(), z.int()) })]),
  );
  const nested = z.strictObject({ names: names.optional(), list: z.array(names).default([]) });
  const found = (text: string): readonly string[] => {
    const result = check(nested, JSON.parse(text), "base");
    return result.ok ? [] : result.violations.map(({ path }) => path);
  };
  assert.deepEqual(found('{"names": {"a": "x"}, "list": [{"toString": "x", "constructor": "y"}]}'), []);
  assert.deepEqual(found('{"names": {"__proto__": "x"}}'), ["base.names.__proto__"]);
  assert.deepEqual(found('{"list": [{}, {"__proto__": {}}]}'), ["base.list[1].__proto__"]);
  assert.deepEqual(found('{"names": {"a": {"inner": {"__proto__": 1, "b": 1}}}}'), [
    "base.names.a.inner.__proto__",
  ]);
  assert.deepEqual(found('{"__proto__": {"names": {}}}'), ["base.__proto__"]);
});
