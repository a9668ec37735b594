import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { eventLogDays } from "../../components/storage/bucket-lifecycle.ts";
import { listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { ofKind } from "../support/graph.ts";
import { bucketGraph, types } from "./bucket-graph.ts";

const ofBucket = (type: string): boolean => type.startsWith("aws:s3/") && type !== types.object;

for (const preview of [false, true]) {
  test(`the bucket is closed, encrypted and versioned, whatever is known (${preview ? "preview" : "update"})`, async () => {
    const graph = await bucketGraph({}, { preview });
    const inputs = (name: string): Fields => graph.only(`aws:s3/${name}`).inputs;
    const { bucket, ...access } = inputs("bucketPublicAccessBlock:BucketPublicAccessBlock");
    assert.ok(preview || typeof bucket === "string");
    assert.deepEqual(access, {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(inputs("bucketOwnershipControls:BucketOwnershipControls")["rule"], {
      objectOwnership: "BucketOwnerEnforced",
    });
    assert.deepEqual(
      inputs("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")["rules"],
      [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    );
    assert.deepEqual(inputs("bucketVersioning:BucketVersioning")["versioningConfiguration"], {
      status: "Enabled",
    });
  });
}

test("the bucket has a name that tells the stack, unless the stack chooses one", async () => {
  const { inputs } = (await bucketGraph()).only(types.bucket);
  assert.deepEqual([inputs["bucket"], inputs["bucketPrefix"]], [undefined, "spark-platform-test-"]);
  assert.equal((await bucketGraph({ bucket: "ours" })).only(types.bucket).inputs["bucket"], "ours");
  assert.equal((await bucketGraph({ bucket: "ours" })).outputs["eventLogDirectory"], "s3a://ours/events/");
});

test("in a protected stack the bucket stays, with all that guards it, and what is in it", async () => {
  const { registrations } = await bucketGraph({ protect: true });
  const guarded = registrations.filter(({ type }) => ofBucket(type));
  assert.equal(guarded.length, 7);
  for (const { type, protect, retainOnDelete } of guarded)
    assert.deepEqual([protect, retainOnDelete], [true, true], type);
  const [bucket] = guarded;
  assert.equal(bucket?.inputs["forceDestroy"], false);
});

test("in another one it goes with the stack, and nothing is left", async () => {
  const { registrations } = await bucketGraph({ protect: false });
  assert.ok(registrations.every(({ protect, retainOnDelete }) => !protect && !retainOnDelete));
  const bucket = registrations.find(({ type }) => type === types.bucket);
  assert.equal(bucket?.inputs["forceDestroy"], true);
});

test("old versions, unfinished uploads and missed event logs go by themselves, the markers stay", async () => {
  const { inputs } = (await bucketGraph({ eventLogMaxAge: "90d" })).only(types.lifecycle);
  const rules = listAt(inputs, "rules").map((rule) => recordAt(rule));
  assert.ok(rules.every((rule) => rule["status"] === "Enabled"));
  const rule = (id: string): Fields => rules.find((each) => each["id"] === id) ?? {};
  assert.deepEqual(rule("event-logs")["expiration"], { days: 97 });
  assert.deepEqual(rule("old-versions")["noncurrentVersionExpiration"], { noncurrentDays: 30 });
  assert.deepEqual(rule("unfinished-uploads")["abortIncompleteMultipartUpload"], { daysAfterInitiation: 7 });
  const graph = await bucketGraph();
  assert.deepEqual(ofKind(graph, "CronJob"), [], "S3 has its rules");
  const markers = graph.all(types.object).map((each) => textAt(each.inputs, "key") ?? "");
  const expiring = rules.filter((each) => recordAt(each, "expiration")["days"] !== undefined);
  for (const each of expiring) {
    const prefix = textAt(each, "filter", "prefix") ?? "";
    assert.ok(!markers.some((key) => key.startsWith(prefix)), prefix);
    assert.ok("events/eventlog_v2_spark-1/events_1_spark-1.zstd".startsWith(prefix));
  }
});

test("S3 removes no event log before the History Server's cleaner does", () => {
  const ages = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("h", "d"));
  fc.assert(
    fc.property(ages, ([amount, unit]) => {
      const days = eventLogDays(`${amount}${unit}`);
      assert.ok(Number.isInteger(days) && days * 24 > amount * (unit === "d" ? 24 : 1) + 24);
    }),
  );
});

test("the markers and the stack's objects are put when the guards are there, and all is ready after them", async () => {
  const graph = await bucketGraph();
  const objects = graph.all(types.object);
  assert.deepEqual(
    objects.map(({ inputs }) => [inputs["key"], inputs["content"]]),
    [
      ["datasets/", ""],
      ["events/", ""],
      ["code/", ""],
      ["code/a.py", "print(1)"],
    ],
  );
  const guards = graph.registrations.filter(
    ({ type }) => ofBucket(type) && ![types.bucket, types.lifecycle].includes(type),
  );
  assert.equal(guards.length, 5);
  for (const { dependsOn, name } of objects)
    for (const { urn } of guards) assert.ok(dependsOn.includes(urn), name);
  assert.equal(listAt(graph.outputs, "ready").length, objects.length + guards.length + 1);
});
