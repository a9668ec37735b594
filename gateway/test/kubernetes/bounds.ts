import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import fc from "fast-check";
import { z } from "zod";

import { kinds } from "../../src/kubernetes/kinds.ts";
import { linesOf } from "../../src/kubernetes/lines.ts";
import { pageBytes, PagedLists, type AskPage } from "../../src/kubernetes/pages.ts";
import { objectBytes, readText, TooLarge } from "../../src/kubernetes/transport.ts";
import { startFakeCluster } from "../support/fake-cluster.ts";
import { sparkSpec } from "../support/kube-objects.ts";

const fat = "x".repeat(250_000);
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: 200 }, (_, index) => make(index));
const fatTexts = Object.fromEntries(many((index) => [`key-${index}`, fat]));

/** What the API server sets, or holds to a short limit, is as it should be; all else is as large as it can be. */
const metadata = {
  name: "a",
  namespace: "team-a",
  uid: "u",
  resourceVersion: "1",
  creationTimestamp: "2026-11-24T12:00:00Z",
  labels: {
    ...fatTexts,
    "spark-platform/submitted-by": fat,
    "sparkoperator.k8s.io/submission-id": fat,
  },
  annotations: { ...fatTexts, "spark-platform/owner": fat, "spark-platform/job-name": fat },
  managedFields: many(() => ({ manager: fat })),
};
const state = {
  waiting: { reason: fat, message: fat },
  running: { startedAt: "2026-11-24T12:00:00Z", more: fat },
  terminated: { exitCode: 1, reason: fat, message: fat, more: fat },
};
const env = many(() => ({ name: fat, value: fat }));
const fatObjects = {
  applications: {
    metadata,
    spec: { image: fat, sparkVersion: fat, sparkConf: fatTexts, driver: { env } },
    status: {
      sparkApplicationId: fat,
      submissionID: fat,
      driverInfo: { podName: fat, webUIAddress: fat },
      applicationState: { state: fat, errorMessage: fat },
      executorState: fatTexts,
    },
  },
  pods: {
    metadata,
    spec: {
      containers: [
        { env: [{ name: "SPARK_APPLICATION_ID", value: fat }] },
        ...many(() => ({ name: fat, env })),
      ],
      volumes: many(() => ({ name: fat })),
    },
    status: {
      phase: fat,
      reason: fat,
      message: fat,
      conditions: [
        { type: "PodScheduled", status: fat, reason: fat, message: fat },
        ...many(() => ({ type: fat, status: fat, message: fat })),
      ],
      containerStatuses: [
        { name: "spark-kubernetes-driver", state, lastState: state },
        ...many((index) => ({ name: `sidecar-${index}`, state })),
      ],
    },
  },
  events: {
    metadata,
    involvedObject: { kind: fat, name: fat, fieldPath: fat },
    type: fat,
    reason: fat,
    message: fat,
    source: { component: fat, host: fat },
    reportingComponent: fat,
    related: { name: fat },
  },
};

/** Bytes that are kept of an object at the most: some texts of 4 KiB, whatever it has. */
const keptBytes = 80 * 1024;

for (const kind of ["applications", "pods", "events"] as const) {
  test(`of ${kind} little is kept, whichever of their fields are large`, () => {
    const kept = JSON.stringify(kinds[kind].schema.parse(fatObjects[kind]));
    assert.ok(Buffer.byteLength(kept) < keptBytes, `${kept.length} characters`);
  });
}

test("of a text that is too long, its beginning and its end are kept", () => {
  const errorMessage = `failed to submit spark application: ${fat}\nthe cause`;
  const applicationState = { state: "FAILED", errorMessage };
  const { status } = kinds.applications.schema.parse({ metadata, status: { applicationState } });
  assert.match(
    status?.applicationState?.errorMessage ?? "",
    /^failed to submit spark application: x+\n…\nx+\nthe cause$/,
  );
});

/** A server of objects that are texts of these lengths, which keeps to the limit in bytes. */
function pagesOf(lengths: readonly number[], served: number[]): AskPage {
  return ({ limit, continue: from = "0" }, maxBytes = Infinity) => {
    const end = Number(from) + Number(limit);
    const items = lengths.slice(Number(from), end).map((length, index) => ({
      number: Number(from) + index,
      text: "x".repeat(length),
    }));
    const metadata = { resourceVersion: "7", ...(end < lengths.length && { continue: String(end) }) };
    const text = JSON.stringify({ metadata, items });
    if (text.length > maxBytes) return Promise.reject(new TooLarge("too large"));
    if (items.length > 1) served.push(text.length);
    return Promise.resolve(text);
  };
}

test("a list is whole and in order, and no page is larger than it may be, whatever the objects' sizes", async () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.constantFrom(250_000, 1_500_000, 3_000_000));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { maxLength: 20 }), async (lengths) => {
      const served: number[] = [];
      const { items, resourceVersion } = await new PagedLists().all(
        z.object({ number: z.int() }),
        pagesOf(lengths, served),
      );
      assert.deepEqual(
        items,
        lengths.map((_, number) => ({ number })),
      );
      assert.equal(resourceVersion, "7");
      assert.ok(served.every((bytes) => bytes <= pageBytes));
    }),
    { numRuns: 25 },
  );
});

test("no more than four pages are in memory at once, and a failure gives its place back", async () => {
  const lists = new PagedLists();
  let [now, most, asked] = [0, 0, 0];
  const ask: AskPage = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    if (asked++ % 5 === 4) throw new Error("the server is gone");
    return JSON.stringify({ metadata: {}, items: [] });
  };
  await Promise.allSettled(many(() => lists.all(z.unknown(), ask)));
  assert.equal(most, 4);
  assert.deepEqual((await lists.all(z.unknown(), pagesOf([1], []))).items.length, 1);
});

/** Text that has no end, and how much of it was taken. */
function endless(): { readonly stream: Readable; readonly taken: () => number } {
  let taken = 0;
  const chunk = Buffer.alloc(65_536, "x");
  const stream = new Readable({
    read() {
      taken += chunk.length;
      this.push(chunk);
    },
  });
  return { stream, taken: () => taken };
}

test("of an answer or a line that is too long, no more is read", async () => {
  const answer = endless();
  await assert.rejects(readText(answer.stream, pageBytes), TooLarge);
  assert.ok(answer.taken() < pageBytes + 4 * 65_536 && answer.stream.destroyed);
  const line = endless();
  await assert.rejects(linesOf(line.stream).next(), TooLarge);
  assert.ok(line.taken() < objectBytes + 4 * 65_536 && line.stream.destroyed);
});

test("large pods are listed and watched, in pages of a few", async (context) => {
  const fake = await startFakeCluster(context);
  const limits: number[] = [];
  fake.fault = ({ plural, query }) => {
    if (plural === "pods" && query.has("limit")) limits.push(Number(query.get("limit")));
    return undefined;
  };
  const put = (name: string, bytes: number): void => {
    const annotations = { "of-a-job": "x".repeat(bytes) };
    const labels = { of: "a" };
    const spec = sparkSpec("spark-1", "driver");
    fake.objects.put("pods", { metadata: { namespace: "team-a", name, labels, annotations }, spec });
  };
  for (let index = 0; index < 30; index++) put(`pod-${index}`, 250_000);
  put("largest", 3_000_000);
  const pods = await fake.cluster.listPods("team-a", "of=a");
  assert.equal(pods.length, 31);
  assert.ok(!JSON.stringify(pods).includes("xxx"));
  assert.deepEqual(limits.slice(0, 8), [500, 250, 125, 63, 32, 16, 8, 16], limits.join(" "));
  assert.equal(limits.at(-1), 1);
  const stop = new AbortController();
  const names: string[] = [];
  for await (const told of fake.cluster.watch("pods", "team-a", "of=a", stop.signal)) {
    assert.ok(told.type !== "interrupted" && !JSON.stringify(told).includes("xxx"));
    if (told.type === "listed") put("another", 3_000_000);
    else names.push(told.object.metadata.name);
    if (names.length > 0) stop.abort();
  }
  assert.deepEqual(names, ["another"]);
});
