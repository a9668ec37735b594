import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  atEntry,
  atOrigin,
  entryOf,
  labelIn,
  labelOf,
  originOf,
  pagesAtEntry,
  pagesAtOrigin,
  prefixOf,
  type Pages,
} from "../../src/ui/origins.ts";

const base = "https://pages.spark.test:30446";
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const resource = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/),
  fc.constantFrom("history", "proxy", "log", "a--b", "1", "a.b.c"),
);
const namespace = fc.oneof(label, fc.constantFrom("history", "proxy", "ui"));
const pages: fc.Arbitrary<Pages> = fc.oneof(
  fc
    .tuple(namespace, resource)
    .map(([team, name]): Pages => ({ kind: "application", namespace: team, application: name })),
  fc
    .stringMatching(/^(spark|local|app)-[A-Za-z0-9_-]{1,50}$/)
    .map((sparkId): Pages => ({ kind: "event-log", sparkId })),
  fc.constant<Pages>({ kind: "history" }),
);

test("each application has one origin, whose first label is a DNS label that no other has", () => {
  fc.assert(
    fc.property(pages, pages, (one, another) => {
      assert.match(labelOf(one), /^[a-z0-9](?:[-a-z0-9]{0,55}[a-z0-9])?$/);
      const same = JSON.stringify(one) === JSON.stringify(another);
      assert.equal(labelOf(one) === labelOf(another), same);
      assert.equal(originOf(base, one), `https://${labelOf(one)}.pages.spark.test:30446`);
    }),
    { numRuns: 2000 },
  );
  const parts = { kind: "application" as const };
  assert.notEqual(
    labelOf({ ...parts, namespace: "a", application: "b-c" }),
    labelOf({ ...parts, namespace: "a-b", application: "c" }),
  );
});

test("the host that is asked for says which origin it is, and no other host is one", () => {
  fc.assert(
    fc.property(pages, (each) => {
      const { host } = new URL(originOf(base, each));
      for (const given of [host, host.toUpperCase(), host.replace(/:.*/, "")])
        assert.equal(labelIn(base, given), labelOf(each));
    }),
  );
  for (const host of [
    undefined,
    "",
    "pages.spark.test",
    "pages.spark.test:30446",
    ".pages.spark.test",
    "a.b.pages.spark.test",
    "a.pages.spark.test.evil.test",
    "apages.spark.test",
    "a_b.pages.spark.test",
    "api.spark.test:30446",
  ])
    assert.equal(labelIn(base, host), undefined, host);
});

test("paths lead to the pages that they are of, and no segment is one that Spark's scripts take for theirs", () => {
  fc.assert(
    fc.property(pages, (each) => {
      assert.deepEqual(pagesAtEntry(`${entryOf(each)}/jobs/`.replace("/history/jobs/", "/history/")), each);
      const prefix = prefixOf(each);
      const entrance = `${entryOf(each)}/jobs/`;
      assert.equal(atEntry(each, atOrigin(each, entrance)), entrance);
      for (const segment of prefix.split("/")) assert.ok(!["history", "proxy"].includes(segment));
      if (each.kind === "application") assert.deepEqual(pagesAtOrigin(`${prefix}/jobs/`), each);
      if (each.kind === "event-log") assert.deepEqual(pagesAtOrigin(`/history/${each.sparkId}/jobs/`), each);
    }),
  );
  for (const path of [
    "/",
    "",
    "/ui",
    "/ui/",
    "/ui/a/",
    "/ui/A/b/",
    "/ui/a/..%2fb/",
    "/history/../x",
    "/x/y/z",
  ])
    assert.equal(pagesAtEntry(path), undefined, path);
});
