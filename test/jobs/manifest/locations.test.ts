import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { violations } from "./samples.ts";

const fields = ["jars", "files", "pyFiles", "archives"] as const;
type Field = (typeof fields)[number];

const isAccepted = (field: Field, location: string): boolean =>
  violations({ dependencies: { [field]: [location] } }).length === 0;

/** All that a URI, a glob, a list or a shell gives a meaning. */
const odd = [
  ...Array.from("%*?[]{}\\,;:#$&'\"`|<>()! \t\n\r\0^"),
  ...["%2A", "%2a", "%2F", "%2e%2e", "%25", "%00", "..", ".", "//", "/./", "/../", "#.", "#..", "${env:X}"],
  ...["ａ", "\u202e", "\u2028", "\u200b", "\ufeff", "é", "\ud800", "💥"],
];
const plain = ["a", "b1", "c-d", "_", "=", "@", "+", "~", "/"];
const piece = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...plain) }, fc.constantFrom(...odd));
const tail = fc.array(piece, { minLength: 1, maxLength: 6 }).map((some) => some.join(""));
const oddHeads = [
  ...[
    "s3a://data",
    "s3a://",
    "local://host/",
    "S3A://data/",
    "s3a:///",
    "s3://data/",
    "hdfs://data/",
    "file:///",
  ],
  ...[
    "s3a://a.1/",
    "s3a://a..b/",
    "s3a://a.-b/",
    "s3a://1.2.3.4/",
    "s3a://me@data/",
    "s3a://data:80/",
    "s3a://ab/",
  ],
  ...["s3a://Data/", "s3a://da_ta/", "s3a://da\u200bta/", "", "/", "https://data/"],
];
const heads = ["s3a://data/", "s3a://1data/", "s3a://a.b-c/", "local:///"];
const head = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...heads) }, fc.constantFrom(...oddHeads));
const location = fc.tuple(head, tail).map(([start, end]) => start + end);

/** Java's form of a host, without which the store has no bucket (java.net.URI, RFC 2396). */
const javaHost =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?$|^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

describe("a location", () => {
  test("that is accepted is one key of one bucket, however it is read", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...fields), location, (field, text) => {
        if (!isAccepted(field, text)) return;
        accepted++;
        const [, scheme, host, key = "", fragment] =
          /^(s3a|local):\/\/([^/]*)\/([^#]+)(#.*)?$/.exec(text) ?? [];
        const uri = new URL(text);
        // Taken apart by the URL standard, it has the same parts: nothing was decoded, resolved or cut off.
        assert.deepEqual([uri.protocol, uri.host, uri.pathname], [`${scheme ?? ""}:`, host, `/${key}`]);
        assert.deepEqual([uri.search, uri.username, uri.password, uri.port], ["", "", "", ""]);
        assert.equal(decodeURIComponent(key), key);
        assert.doesNotMatch(key, /[*?[\]{}\\^,;:$\s\p{C}]/u);
        for (const part of key.split("/")) assert.ok(!["", ".", ".."].includes(part), text);
        if (scheme === "s3a") assert.match(host ?? "", javaHost);
        else assert.equal(host, "");
        if (fragment === undefined) return;
        assert.equal(field, "archives");
        assert.match(fragment, /^#[\w.-]+$/);
        assert.ok(!["#.", "#.."].includes(fragment));
      }),
      { numRuns: 20_000, seed: 17 },
    );
    assert.ok(accepted > 500, String(accepted));
  });

  test("with a character that does not stand for itself is refused, and told which", () => {
    for (const character of "%*?[]{}\\,;:$&'\"`|<>()! \t\n\r\0^ａé\u202e💥") {
      const text = `s3a://data/code/a${character}b.jar`;
      const [found, ...more] = violations({ dependencies: { jars: [text] } });
      assert.deepEqual(more, []);
      assert.equal(found?.path, "dependencies.jars[0]");
      assert.match(found.problem, / has the character "/);
      assert.equal(violations({ mainFile: text.replace(".jar", ".py") })[0]?.path, "mainFile");
    }
  });

  for (const wrong of [
    "s3a://data/x.zip#..",
    "s3a://data/x.zip#.",
    "s3a://data/..#x",
    "s3a://data/x.zip#a/b",
  ]) {
    test(`refused as an archive: ${wrong}`, () => {
      assert.equal(isAccepted("archives", wrong), false);
    });
  }
});
