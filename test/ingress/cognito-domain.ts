import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { domainPrefix, isDomainPrefix } from "../../components/ingress/cognito-domain.ts";

/** Labels with the words that Cognito refuses more often than chance has them. */
const label = fc
  .array(
    fc.oneof(
      fc.constantFrom("amazon", "aws", "cognito", "amaaws", "-", "x"),
      fc.stringMatching(/^[a-z0-9]{1,12}$/),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => `a${parts.join("")}0`.slice(0, 63).replace(/-$/, "0"));
const hosts = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));

test("whatever the host, Cognito takes its prefix, and it is the same each time", () => {
  fc.assert(
    fc.property(hosts, (host) => {
      const prefix = domainPrefix(host);
      assert.ok(isDomainPrefix(prefix), prefix);
      assert.equal(domainPrefix(host.toUpperCase()).length, prefix.length);
    }),
  );
});

test("a short host is readable in it, and of two long ones that differ at their end each has its own", () => {
  assert.equal(domainPrefix("spark.example.org"), "spark-example-org");
  assert.equal(domainPrefix("aws.amazonas.example"), "a-ws-a-mazonas-example");
  const long = `${"data-".repeat(11)}platform`;
  const [one, other] = [domainPrefix(`${long}.one.example.org`), domainPrefix(`${long}.two.example.org`)];
  assert.equal(one.length, 63);
  assert.notEqual(one, other);
});

test("what Cognito refuses as a prefix", () => {
  for (const wrong of ["", "-a", "a-", "A", "a.b", "a_b", "x".repeat(64), "my-aws", "amazonas", "cognito-1"])
    assert.ok(!isDomainPrefix(wrong), wrong);
  for (const right of ["a", "1", "a--b", "x".repeat(63)]) assert.ok(isDomainPrefix(right), right);
});
