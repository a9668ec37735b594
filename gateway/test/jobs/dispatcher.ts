import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";

import { pino } from "pino";
import { Registry } from "prom-client";

import { startDispatcher, type Dispatcher } from "../../src/jobs/dispatcher.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import type { Store } from "../../src/store/store.ts";
import { startFakeCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open } from "../support/stores.ts";

const t0 = Date.UTC(2026, 10, 24, 12);

interface Scene {
  readonly store: Store;
  readonly fake: FakeCluster;
  readonly clock: { now: number };
  readonly start: () => Dispatcher;
  /** For how long the dispatcher sleeps next, once it does, until it is woken; 0: it was woken before. */
  readonly nextSleep: () => Promise<number>;
}

async function prepare(context: TestContext): Promise<Scene> {
  const fake = await startFakeCluster(context, 10_000);
  const store = await open(context, await newLocation(context, "sqlite"));
  const clock = { now: t0 };
  const jobs = {
    store,
    cluster: fake.cluster,
    platform: samplePlatform({ limits: { perUserPerMinute: 2, perMinute: 3 } }),
    now: () => clock.now,
    logger: pino({ level: "silent" }),
  };
  const sleeps: number[] = [];
  const waiters: ((ms: number) => void)[] = [];
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    const slept = signal.aborted ? 0 : ms;
    const waiter = waiters.shift();
    if (waiter === undefined) sleeps.push(slept);
    else waiter(slept);
    if (!signal.aborted) await once(signal, "abort");
  };
  return {
    store,
    fake,
    clock,
    start: () => {
      const pace = { elapsed: () => 0, wait };
      const dispatcher = startDispatcher(jobs, submissionMetrics(new Registry(), jobs), pace);
      context.after(dispatcher.stop);
      return dispatcher;
    },
    nextSleep: () => {
      const ms = sleeps.shift();
      return ms === undefined ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(ms);
    },
  };
}

test("the dispatcher sleeps until the limits leave somebody a turn, and no longer than 5 s", async (context) => {
  const { store, clock, start, nextSleep } = await prepare(context);
  const { wake } = start();
  assert.equal(await nextSleep(), 5000, "nobody waits");
  for (const [index, id] of ["a", "b", "c"].entries()) {
    await addApplication(store, { id, submitted_at: t0 + index });
  }
  wake();
  assert.equal(await nextSleep(), 5000, "the turn of c is in a minute");
  clock.now = t0 + 58_500;
  wake();
  assert.equal(await nextSleep(), 1500);
  clock.now = t0 + 59_999;
  wake();
  assert.equal(await nextSleep(), 20, "not in a loop of milliseconds");
  clock.now = t0 + 60_000;
  wake();
  assert.equal(await nextSleep(), 5000);
  const states = await store.db.selectFrom("applications").select("state").execute();
  assert.deepEqual(
    states.map(({ state }) => state),
    ["SUBMITTED", "SUBMITTED", "SUBMITTED"],
  );
});

test("the dispatcher asks a cluster that does not answer once in 5 s, whoever waits, and a store that fails too", async (context) => {
  const { store, fake, start, nextSleep } = await prepare(context);
  for (const id of ["a", "b"]) await addApplication(store, { id });
  fake.fault = () => ({ status: 500, message: "away" });
  const { wake } = start();
  assert.equal(await nextSleep(), 5000);
  assert.equal(fake.requests.length, 1);
  fake.fault = () => undefined;
  await store.db.schema.alterTable("locks").renameTo("away").execute();
  wake();
  assert.equal(await nextSleep(), 5000);
  assert.equal(fake.requests.length, 1);
  await store.db.schema.alterTable("away").renameTo("locks").execute();
  wake();
  await nextSleep();
  const b = await store.db
    .selectFrom("applications")
    .select("state")
    .where("id", "=", "b")
    .executeTakeFirst();
  assert.equal(b?.state, "SUBMITTED");
});

test("a wake while the dispatcher works is not lost", async (context) => {
  const { store, fake, start, nextSleep } = await prepare(context);
  await addApplication(store, { id: "a" });
  let looks = 0;
  fake.fault = () => {
    looks += 1;
    dispatcher.wake();
    return undefined;
  };
  const dispatcher = start();
  assert.equal(await nextSleep(), 0);
  assert.equal(looks, 1);
  assert.equal(await nextSleep(), 5000, "it has looked again by itself");
});
