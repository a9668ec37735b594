import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { isWorld } from "../../policy/address-ranges.ts";
import type { ResourceRule } from "../../policy/rule.ts";
import { actionsNamed, principalsNamed, resourcesNamed } from "../../policy/rules/iam.ts";
import { declare } from "./declare.ts";

type Texts = fc.Arbitrary<string | readonly string[]>;
type Statement = Readonly<Record<string, unknown>>;

const word = fc.stringMatching(/^[A-Za-z]{1,8}$/);
const action = fc
  .tuple(fc.constantFrom("s3", "ec2", "iam"), word)
  .map(([service, name]) => `${service}:${name}`);
const resource = word.map((name) => `arn:aws:s3:::${name}/*`);
const principal = word.map((name) => `arn:aws:iam::111122223333:role/${name}`);

/** One text, or a list of some: a policy may say either. */
const some = (text: fc.Arbitrary<string>): Texts =>
  fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }));
/** That text, alone or in a list with others. */
const among = (text: fc.Arbitrary<string>, others: fc.Arbitrary<string>): Texts =>
  fc.oneof(
    text,
    fc
      .tuple(fc.array(others, { maxLength: 2 }), text, fc.array(others, { maxLength: 2 }))
      .map(([before, one, after]) => [...before, one, ...after]),
  );
const statement = (change: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}): fc.Arbitrary<Statement> =>
  fc.record({
    Effect: fc.constant("Allow"),
    Action: some(action),
    Resource: some(resource),
    Principal: fc.record({ AWS: some(principal) }),
    ...change,
  });
/** A policy with that statement alone or among right ones, as a text or as an object. */
const policy = (one: fc.Arbitrary<Statement>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.array(statement(), { maxLength: 2 }),
      one,
      fc.array(statement(), { maxLength: 2 }),
      fc.boolean(),
    )
    .chain(([before, special, after, text]) =>
      fc.constantFrom(special, [...before, special, ...after]).map((Statement) => {
        const document = { Version: "2012-10-17", Statement };
        return text ? JSON.stringify(document) : document;
      }),
    );

const found = (rule: ResourceRule, document: unknown): number =>
  rule.check(declare("aws:iam/rolePolicy:RolePolicy", { policy: document })).length;

test("a policy that names what it allows is right, in whichever form it is written", () => {
  fc.assert(
    fc.property(policy(statement()), (document) => {
      for (const rule of [actionsNamed, resourcesNamed, principalsNamed])
        assert.equal(found(rule, document), 0);
    }),
  );
});

const anyAction = fc
  .tuple(action, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom("*", "?"))
  .map(([text, share, mark]) => {
    const place = Math.round(share * text.length);
    return text.slice(0, place) + mark + text.slice(place);
  });
const everything = fc.constantFrom(
  "*",
  "arn:aws:s3:::*",
  "arn:aws:*:::a",
  "arn:*:s3:::a",
  "arn:aws:s3:::?/a",
);
const everybody = fc.oneof(fc.constant("*"), fc.record({ AWS: among(fc.constant("*"), principal) }));

const openings: readonly (readonly [
  string,
  ResourceRule,
  Readonly<Record<string, fc.Arbitrary<unknown>>>,
])[] = [
  ["an action", actionsNamed, { Action: among(anyAction, action) }],
  ["a resource", resourcesNamed, { Resource: among(everything, resource) }],
  ["a principal", principalsNamed, { Principal: everybody }],
];
for (const [what, rule, change] of openings) {
  test(`a wildcard for ${what} is found wherever it stands`, () => {
    fc.assert(
      fc.property(policy(statement(change)), (document) => {
        assert.equal(found(rule, document), 1);
      }),
    );
  });

  test(`a wildcard for ${what} may be in what is denied`, () => {
    const refusal = statement({ ...change, Effect: fc.constant("Deny") });
    fc.assert(
      fc.property(policy(refusal), (document) => {
        assert.equal(found(rule, document), 0);
      }),
    );
  });
}

test("a range is the internet where it is wider than private addresses are", () => {
  const prefixes = (length: number): readonly number[] =>
    Array.from({ length: length + 1 }, (_, index) => index);
  for (const prefix of prefixes(32)) assert.equal(isWorld(`10.0.0.0/${prefix}`), prefix < 8);
  for (const prefix of prefixes(128)) assert.equal(isWorld(`fc00::/${prefix}`), prefix < 7);
});
