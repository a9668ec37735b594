import assert from "node:assert/strict";
import { test } from "node:test";

import { pino } from "pino";

import { Lease } from "../../src/reconcile/lease.ts";
import { whileHeld } from "../../src/reconcile/while-held.ts";
import { eventually } from "../support/eventually.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";
import { VirtualPace } from "../support/virtual-pace.ts";

const logger = pino({ level: "silent" });

testOnStores("one holds a lease, and another takes over within 30 s", async (context, kind) => {
  const { db } = await open(context, await newLocation(context, kind));
  const pace = new VirtualPace();
  const [a, b] = ["a", "b"].map((holder) => new Lease(db, "reconcile", holder, pace.elapsed));
  assert.ok(a !== undefined && b !== undefined);
  for (let count = 0; count < 10; count++) {
    await a.tick();
    await b.tick();
    assert.ok(a.heldForMs() > 0 && b.heldForMs() === 0);
    pace.advance(5000);
  }
  // From here on, a gives no sign of life any more.
  let seconds = 5;
  for (; b.heldForMs() === 0; seconds += 5) {
    await b.tick();
    if (b.heldForMs() > 0) break;
    pace.advance(5000);
  }
  assert.equal(a.heldForMs(), 0);
  assert.ok(seconds > 12 && seconds < 30, `after ${seconds} s`);
  await a.tick();
  assert.ok(a.heldForMs() === 0 && b.heldForMs() > 0, "who comes back late finds it taken");
  await b.release();
  await a.tick();
  assert.ok(a.heldForMs() > 0, "what is handed back is free at once");
});

testOnStores("of many that take a lease at once, one gets it", async (context, kind) => {
  const { db } = await open(context, await newLocation(context, kind));
  const pace = new VirtualPace();
  const leases = Array.from({ length: 8 }, (_, id) => new Lease(db, "reconcile", String(id), pace.elapsed));
  const holders = (): number => leases.filter((lease) => lease.heldForMs() > 0).length;
  await Promise.all(leases.map((lease) => lease.tick()));
  assert.equal(holders(), 1);
  const others = leases.filter((lease) => lease.heldForMs() === 0);
  await Promise.all(others.map((lease) => lease.tick()));
  pace.advance(15_000);
  await Promise.all(others.map((lease) => lease.tick()));
  assert.equal(holders(), 1);
});

test("a sign of life at the last moment keeps the lease", async (context) => {
  const { db } = await open(context, await newLocation(context, "sqlite"));
  const pace = new VirtualPace();
  const holder = new Lease(db, "reconcile", "a", pace.elapsed);
  let afterLook = (): Promise<void> => Promise.resolve();
  const looking = db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await afterLook();
      return result;
    },
  });
  const observer = new Lease(looking, "reconcile", "b", pace.elapsed);
  await holder.tick();
  await observer.tick();
  pace.advance(15_000);
  // Between the observer's look and its grasp.
  afterLook = () => {
    afterLook = () => Promise.resolve();
    return holder.tick();
  };
  await observer.tick();
  assert.ok(holder.heldForMs() > 0);
  assert.equal(observer.heldForMs(), 0);
});

test("a clock that another gateway has has no say", async (context) => {
  const { db } = await open(context, await newLocation(context, "sqlite"));
  const [slow, fast] = [new VirtualPace(), new VirtualPace()];
  fast.advance(1e9);
  const holder = new Lease(db, "reconcile", "a", slow.elapsed);
  const observer = new Lease(db, "reconcile", "b", fast.elapsed);
  await holder.tick();
  await observer.tick();
  fast.advance(14_999);
  await observer.tick();
  assert.equal(observer.heldForMs(), 0);
  fast.advance(1);
  await observer.tick();
  assert.ok(observer.heldForMs() > 0);
});

test("who cannot renew stops its work before another begins, and begins again once it can", async (context) => {
  const store = await open(context, await newLocation(context, "sqlite"));
  const pace = new VirtualPace();
  const stop = new AbortController();
  const lease = new Lease(store.db, "reconcile", "a", pace.elapsed);
  let [working, begun, down] = [false, 0, false];
  let ticks = 0;
  const tick = lease.tick.bind(lease);
  context.mock.method(lease, "tick", () => {
    ticks += 1;
    return down ? Promise.reject(new Error("the store is away")) : tick();
  });
  const done = whileHeld(lease, pace, logger, stop.signal, async (signal) => {
    [working, begun] = [true, begun + 1];
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    working = false;
  });
  /** Until the loop has ticked once more. */
  const pass = async (ms: number): Promise<void> => {
    const before = ticks;
    pace.advance(ms);
    await eventually("a tick", () => ticks > before);
  };
  await eventually("work", () => working);
  await pass(5000);
  down = true;
  await pass(5000);
  assert.ok(working, "one failure costs nothing");
  await pass(5000);
  pace.advance(2000);
  await eventually("no work", () => !working);
  assert.ok(pace.elapsed() < 5000 + 15_000);
  down = false;
  await eventually("work again", () => {
    pace.advance(1000);
    return working;
  });
  assert.equal(begun, 2);
  stop.abort();
  await done;
  assert.equal(working, false);
  assert.deepEqual(await store.db.selectFrom("leases").selectAll().execute(), []);
});

test("a store that hangs keeps nobody at work, and work that ends begins anew", async (context) => {
  const store = await open(context, await newLocation(context, "sqlite"));
  const pace = new VirtualPace();
  const stop = new AbortController();
  const lease = new Lease(store.db, "reconcile", "a", pace.elapsed);
  let [working, begun, hangs] = [false, 0, false];
  let release = (): void => undefined;
  const tick = lease.tick.bind(lease);
  context.mock.method(lease, "tick", () =>
    hangs ? new Promise<void>((resolve) => (release = resolve)) : tick(),
  );
  const done = whileHeld(lease, pace, logger, stop.signal, async (signal) => {
    begun += 1;
    if (begun === 1) throw new Error("a fault");
    working = true;
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    working = false;
  });
  await eventually("work, after a fault", () => {
    pace.advance(100);
    return working;
  });
  hangs = true;
  await eventually("no work", () => {
    pace.advance(100);
    return !working;
  });
  release();
  stop.abort();
  await done;
});
