import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { gatewaySelector } from "../../src/jobs/application.ts";
import type { Sighting } from "../../src/kubernetes/cluster.ts";
import type { ObservedApplication } from "../../src/kubernetes/objects.ts";
import { startFakeCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { sampleApplication } from "../support/job-samples.ts";

interface Watched {
  readonly fake: FakeCluster;
  readonly stop: AbortController;
  /** What is told next, in short; interruptions are left out unless asked for. */
  readonly next: (all?: boolean) => Promise<string | undefined>;
}

async function watched(context: TestContext): Promise<Watched> {
  const fake = await startFakeCluster(context, 300);
  const stop = new AbortController();
  context.after(() => {
    stop.abort();
  });
  const sightings = fake.cluster
    .watch("applications", "team-a", gatewaySelector, stop.signal)
    [Symbol.asyncIterator]();
  const next = async (all = false): Promise<string | undefined> => {
    for (;;) {
      const result = await sightings.next();
      if (result.done === true) return undefined;
      if (all || result.value.type !== "interrupted") return brief(result.value);
    }
  };
  return { fake, stop, next };
}

function brief(sighting: Sighting<ObservedApplication>): string {
  switch (sighting.type) {
    case "listed":
      return `listed ${sighting.items.map(({ metadata }) => metadata.name).join(" ")}`.trim();
    case "interrupted":
      return "interrupted";
    case "changed":
    case "gone":
      return `${sighting.type} ${sighting.object.metadata.name} ${sighting.object.status?.applicationState?.state ?? ""}`.trim();
  }
}

const put = ({ objects }: FakeCluster, name: string): void =>
  void objects.put("sparkapplications", sampleApplication(name));

test("a watch tells what is there, what changes and what goes, of the gateway's own alone", async (context) => {
  const { fake, next, stop } = await watched(context);
  put(fake, "a");
  fake.objects.put("sparkapplications", { metadata: { namespace: "team-a", name: "by-hand" } });
  assert.equal(await next(), "listed a");
  put(fake, "b");
  fake.objects.put("sparkapplications", sampleApplication("elsewhere", "team-b"));
  const state = { applicationState: { state: "RUNNING" } };
  fake.objects.setStatus("sparkapplications", "team-a", "a", state);
  fake.objects.remove("sparkapplications", "team-a", "b");
  assert.equal(await next(), "changed b");
  assert.equal(await next(), "changed a RUNNING");
  assert.equal(await next(), "gone b");
  stop.abort();
  assert.equal(await next(true), undefined);
});

test("a watch that drops goes on where it was, and misses nothing", async (context) => {
  const { fake, next } = await watched(context);
  assert.equal(await next(), "listed");
  put(fake, "a");
  assert.equal(await next(), "changed a");
  fake.dropConnections();
  put(fake, "b");
  assert.equal(await next(true), "interrupted");
  assert.equal(await next(), "changed b");
  assert.equal(fake.requests.filter((each) => each === "GET sparkapplications").length, 1);
});

for (const told of ["in the stream", "by the status"] as const) {
  test(`a version that has expired, told ${told}, has all listed again`, async (context) => {
    const { fake, next } = await watched(context);
    put(fake, "a");
    assert.equal(await next(), "listed a");
    put(fake, "b");
    assert.equal(await next(), "changed b");
    fake.fault = ({ query }) => {
      if (!query.has("watch")) return undefined;
      fake.fault = () => undefined;
      if (told === "by the status") return { status: 410, message: "Expired" };
      fake.objects.compact();
      return undefined;
    };
    fake.objects.remove("sparkapplications", "team-a", "a");
    assert.equal(await next(), "gone a");
    fake.dropConnections();
    put(fake, "c");
    assert.equal(await next(), "listed b c");
  });
}

test("an API server that is away is asked again until it is back", async (context) => {
  const { fake, next } = await watched(context);
  let left = 3;
  fake.fault = () => ((left -= 1) >= 0 ? { status: 503, message: "starting" } : undefined);
  put(fake, "a");
  for (let count = 0; count < 3; count++) assert.equal(await next(true), "interrupted");
  assert.equal(await next(true), "listed a");
});
