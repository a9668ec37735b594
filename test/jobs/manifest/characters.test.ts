import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { quoted } from "../../../jobs/manifest/characters.ts";
import { formatViolations } from "../../../jobs/manifest/index.ts";
import { manifest, paths, violations } from "./samples.ts";

const from = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at));

/** Controls of both sets, halves of pairs, line separators and marks that turn the direction of text. */
const unsafe = [
  ...from(0x00, 0x1f),
  ...from(0x7f, 0x9f),
  ...["\ud800", "\udbff", "\udc00", "\udfff"],
  ...from(0x2028, 0x202e),
  ...from(0x2066, 0x2069),
];
const block = ["\t", "\n"];
const nameOf = (character: string): string =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

describe("a value", () => {
  for (const [field, path, wish] of [
    ["arguments", "arguments[0]", (text: string) => ({ arguments: [text] })],
    ["env", "env.STAGE", (text: string) => ({ env: { STAGE: text } })],
    ["sparkConf", 'sparkConf["spark.sql.x"]', (text: string) => ({ sparkConf: { "spark.sql.x": text } })],
  ] as const) {
    test(`${field}: no character that does not arrive or that changes who shows it`, () => {
      const taken = field === "sparkConf" ? [] : block;
      for (const character of unsafe.filter((each) => !taken.includes(each))) {
        for (const text of [character, `a${character}b`, `a${character}`, `${character}b`]) {
          const found = violations(wish(text));
          assert.deepEqual(paths(found), [path], nameOf(character));
          assert.match(found[0]?.problem ?? "", new RegExp(`${nameOf(character).replace("+", "\\+")}$`));
          assert.match(found[0]?.expected ?? "", /control characters/);
        }
      }
      for (const character of taken) assert.deepEqual(violations(wish(`a${character}b`)), []);
    });
  }

  test("of all other text arrives as it was typed", () => {
    const text = fc
      .string({ unit: "binary", minLength: 1, maxLength: 40 })
      .filter((each) => !unsafe.some((one) => !block.includes(one) && each.includes(one)));
    fc.assert(
      fc.property(text, (value) => {
        assert.ok(value.isWellFormed());
        const { spec } = manifest({ arguments: [value], env: { STAGE: value } });
        assert.deepEqual([spec.arguments, spec.driver.envVars["STAGE"]], [[value], value]);
        assert.equal(spec.executor.envVars["STAGE"], value);
      }),
    );
    const emoji = "👩‍🔬 שלום \u200f";
    assert.deepEqual(manifest({ arguments: [emoji] }).spec.arguments, [emoji]);
  });
});

test("a name has none of them either", () => {
  for (const character of unsafe) {
    const name = `a${character}b`;
    for (const wish of [
      { name },
      { mainClass: name, mainFile: "local:///a.jar" },
      { image: `team/${name}:1` },
      { sparkVersion: name },
      { labels: { [name]: "x" } },
      { labels: { x: name } },
      { env: { [name]: "x" } },
      { secretEnv: { [name]: { secret: "s", key: "k" } } },
      { secretEnv: { X: { secret: name, key: "k" } } },
      { secretEnv: { X: { secret: "s", key: name } } },
      { sparkConf: { [`spark.sql.${name}`]: "x" } },
      { schedule: { cron: `${character}@daily` } },
      { schedule: { cron: `0 0 *${character}* *` } },
      { schedule: { cron: "@daily", timeZone: `Europe/${name}` } },
    ])
      assert.notDeepEqual(violations(wish), [], `${nameOf(character)} ${JSON.stringify(wish)}`);
  }
});

test("what is refused is repeated without a character that a terminal would act on", () => {
  const everything = [...unsafe, "\u200b", "\ufeff", "\u{e0041}"].join("");
  for (const wish of [{ [everything]: 1 }, { name: everything }, { sparkConf: { [everything]: "x" } }]) {
    const text = formatViolations(violations(wish));
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{C}\p{Zl}\p{Zp}]/u);
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(JSON.parse(quoted(text)), text);
    }),
  );
});
