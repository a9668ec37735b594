import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { duplicateKey } from "../../src/api/duplicate-key.ts";
import { refusedWith, type TestGateway } from "../support/gateway.ts";
import { startReading } from "../support/reading.ts";

type Sent = Awaited<ReturnType<TestGateway["call"]>>;

test("a body of JSON is read with nothing replaced and nothing left out, or refused", async (context) => {
  const { gateway, alice } = await startReading(context);
  const send = async (payload: string | Buffer): Promise<Sent> => {
    const headers = { authorization: `Bearer ${alice}`, "content-type": "application/json" };
    const response = await gateway.app.inject({
      method: "POST",
      url: "/v1/applications:validate",
      headers,
      payload,
    });
    return { status: response.statusCode, body: response.json(), headers: response.headers };
  };
  const job = '"name": "j", "mainFile": "s3a://data/main.py"';
  const right = (more: string): string => `{"namespace": "team-a", "job": {${job}${more}}}`;
  const argument = (text: string): Buffer =>
    Buffer.concat([
      Buffer.from(right("").slice(0, -2)),
      Buffer.from(', "arguments": ["'),
      bytes(text),
      Buffer.from('"]}}'),
    ]);
  const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

  assert.equal(at((await send(right(""))).body, "valid"), true);
  // RFC 8259, section 8.1: a parser may leave out the mark of byte order, which is no part of any value.
  assert.equal(at((await send(`\ufeff${right("")}`)).body, "valid"), true);
  const utf8 = await send(argument("\xf0\x9f\x92\xa5"));
  assert.deepEqual(at(utf8.body, "manifest", "spec", "arguments"), ["💥"]);

  for (const wrong of ["\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"]) {
    const answer = await send(argument(wrong));
    refusedWith(answer, "malformed-request");
    assert.match(textAt(answer.body, "detail") ?? "", /not UTF-8/);
  }
  for (const encoding of ["utf16le", "latin1"] as const)
    refusedWith(await send(Buffer.from(right(', "labels": {"é": "é"}'), encoding)), "malformed-request");
  // Half of a pair, which JSON can say and UTF-8 cannot.
  assert.equal(at((await send(argument("\\ud800"))).body, "valid"), false);
  const half = { text: "x = '\ud800'" };
  for (const [code, place] of [
    [{ file: { name: "a.py", ...half } }, "code.file.text"],
    [{ folder: { main: "a.py", files: { "a.py": half } } }, 'code.folder.files["a.py"].text'],
  ] as const) {
    const answer = await send(JSON.stringify({ namespace: "team-a", job: { name: "j" }, code }));
    assert.deepEqual(
      listAt(answer.body, "violations").map((violation) => textAt(violation, "path")),
      [place],
    );
  }

  for (const [text, key] of [
    [right(', "name": "k"'), "name"],
    [right(', "n\\u0061me": "k"'), "name"],
    [right(', "sparkConf": {"spark.sql.a": 1, "spark.sql.a": 2}'), "spark.sql.a"],
    [right(', "arguments": [1, {"x": 1, "x": 1}]'), "x"],
    [`{"namespace": "team-b", ${right("").slice(1)}`, "namespace"],
  ] as const) {
    const answer = await send(text);
    refusedWith(answer, "malformed-request");
    assert.match(textAt(answer.body, "detail") ?? "", new RegExp(`has the key "${key}" twice`));
  }
  for (const name of ["__proto__", "\\u005f_proto__"])
    refusedWith(await send(right(`, "env": {"${name}": {"X": "1"}}`)), "malformed-request");
  refusedWith(await send(right(', "env": {"constructor": {"prototype": {"X": "1"}}}')), "malformed-request");

  const deep = 500_000;
  for (const nested of ["[".repeat(deep) + "]".repeat(deep), '{"a":'.repeat(deep) + "1" + "}".repeat(deep)]) {
    for (const field of ["arguments", "env", "x"]) {
      const answer = await send(right(`, "${field}": ${nested}`));
      if (answer.status === 200) assert.equal(at(answer.body, "valid"), false);
      else refusedWith(answer, "malformed-request");
    }
  }
});

test("a key is found twice in one object, however it is written, and in no other case", () => {
  const unique = fc.jsonValue();
  fc.assert(
    fc.property(unique, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      assert.equal(duplicateKey(JSON.stringify(value, null, indent)), undefined);
    }),
  );
  const spelled = (key: string): string =>
    `"${[...Array(key.length).keys()].map((at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
  fc.assert(
    fc.property(fc.string(), unique, unique, fc.boolean(), (key, one, other, inList) => {
      const entry = `${JSON.stringify(key)}:${JSON.stringify(one)}`;
      const object = `{${entry}, ${spelled(key)}:${JSON.stringify(other)}}`;
      assert.equal(duplicateKey(inList ? `[${object}]` : `{"${key.length}x": ${object}}`), key);
    }),
  );
});
