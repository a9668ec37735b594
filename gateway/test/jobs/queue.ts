import assert from "node:assert/strict";

import { pino } from "pino";
import { Registry } from "prom-client";

import { recordState } from "../../src/jobs/applications-store.ts";
import { startDispatcher } from "../../src/jobs/dispatcher.ts";
import { claimMs, claimNext, nextTurnAt, queueLength, queuePosition } from "../../src/jobs/queue.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { startFakeCluster } from "../support/fake-cluster.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";
import { VirtualPace } from "../support/virtual-pace.ts";

const t0 = Date.UTC(2026, 10, 24, 12);
const minuteMs = 60_000;
const limits = { perUserPerMinute: 2, perMinute: 3 };

/** Adds rows, a second apart: `a1` is alice's, `b1` bob's, all others carol's. */
async function fill(store: Store, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const owner = id.startsWith("a") ? "alice" : id.startsWith("b") ? "bob" : "carol";
    await addApplication(store, { id, owner, submitted_at: t0 + index * 1000 });
  }
}

/** Who has a turn at this time, one after another, until nobody has; they stay claimed. */
async function turnsAt({ db }: Store, now: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let row; (row = await claimNext(db, limits, now)) !== undefined;) ids.push(row.id);
  return ids;
}

/** As if they were in the cluster. */
async function create({ db }: Store, ids: readonly string[]): Promise<void> {
  await db.updateTable("applications").set({ created_at: t0 }).where("id", "in", ids).execute();
}

testOnStores(
  "the oldest goes first, and who is over the limit is passed; the turns of a minute are limited in all",
  async (context, kind) => {
    const store = await open(context, await newLocation(context, kind));
    await fill(store, ["a1", "a2", "a3", "b1", "b2", "c1"]);
    assert.deepEqual(await turnsAt(store, t0), ["a1", "a2", "b1"]);
    await create(store, ["a1", "a2", "b1"]);
    assert.deepEqual(await turnsAt(store, t0 + minuteMs - 1), []);
    assert.equal(await nextTurnAt(store.db, t0 + 5), t0 + minuteMs);
    assert.deepEqual(await turnsAt(store, t0 + minuteMs), ["a3", "b2", "c1"]);
    await create(store, ["a3", "b2", "c1"]);
    assert.equal(await nextTurnAt(store.db, t0), undefined);
  },
);

testOnStores("everyone that waits has a place, and nobody else", async (context, kind) => {
  const store = await open(context, await newLocation(context, kind));
  const { db } = store;
  await fill(store, ["a1", "b1", "b0", "c1"]);
  await addApplication(store, { id: "d1", state: "CANCELLING", submitted_at: t0 });
  await create(store, ["a1"]);
  await recordState(db, "b1", { state: "CANCELLED", at: t0 });
  const rows = await db.selectFrom("applications").selectAll().orderBy("id").execute();
  const places = await Promise.all(rows.map(async (row) => [row.id, await queuePosition(db, row)]));
  const none = undefined;
  assert.deepEqual(places, [
    ["a1", none],
    ["b0", 1],
    ["b1", none],
    ["c1", 2],
    ["d1", none],
  ]);
  assert.equal(await queueLength(db), 2);
});

testOnStores(
  "who claims has a row alone until the claim is over, and a second try is no second turn",
  async (context, kind) => {
    const store = await open(context, await newLocation(context, kind));
    await fill(store, ["a1", "a2", "a3"]);
    assert.deepEqual(await turnsAt(store, t0), ["a1", "a2"]);
    assert.equal(await nextTurnAt(store.db, t0), t0 + claimMs);
    assert.deepEqual(await turnsAt(store, t0 + claimMs - 1), []);
    // The gateway that had them is gone. a3 has to wait until theirs, of t0, count no more.
    assert.deepEqual(await turnsAt(store, t0 + claimMs), ["a1", "a2"]);
    await create(store, ["a1", "a2"]);
    assert.deepEqual(await turnsAt(store, t0 + minuteMs - 1), []);
    assert.deepEqual(await turnsAt(store, t0 + minuteMs), ["a3"]);
  },
);

testOnStores(
  "a turn that is long over counts anew, so that nothing bursts after an outage",
  async (context, kind) => {
    const store = await open(context, await newLocation(context, kind));
    const ids = ["b1", "a1", "c1", "b2", "c2", "a2"];
    await fill(store, ids);
    const { db } = store;
    await db.updateTable("applications").set({ dispatched_at: t0, claimed_until: t0 }).execute();
    assert.deepEqual(await turnsAt(store, t0 + 60 * minuteMs), ["b1", "a1", "c1"]);
  },
);

testOnStores("a clock that is put back stalls nobody for more than two minutes", async (context, kind) => {
  const store = await open(context, await newLocation(context, kind));
  await fill(store, ["a1", "a2", "a3", "a4"]);
  assert.deepEqual(await turnsAt(store, t0), ["a1", "a2"]);
  await create(store, ["a1"]);
  const hourBefore = t0 - 60 * minuteMs;
  // a2's claim and both turns are of a future that is no clock's.
  assert.deepEqual(await turnsAt(store, hourBefore), ["a2", "a3"]);
  await create(store, ["a2", "a3"]);
  assert.deepEqual(await turnsAt(store, hourBefore + minuteMs), ["a4"]);
  await create(store, ["a4"]);
  await fill(store, ["b1", "b2", "b3"]);
  const later = t0 + 600 * minuteMs;
  assert.deepEqual(await turnsAt(store, later), ["b1", "b2"]);
  await create(store, ["b1", "b2"]);
  const halfBefore = later - minuteMs / 2;
  assert.deepEqual(await turnsAt(store, halfBefore), [], "as far as a clock may be off, they count");
  assert.deepEqual(await turnsAt(store, halfBefore + 2 * minuteMs), ["b3"]);
});

testOnStores(
  "gateways that drain one queue bring each job to the cluster once, within the limits",
  async (context, kind) => {
    const location = await newLocation(context, kind);
    const fake = await startFakeCluster(context, 10_000);
    const clock = { now: t0 };
    const paces: VirtualPace[] = [];
    // SQLite is one gateway's alone.
    const stores = await Promise.all(
      Array.from({ length: kind === "postgres" ? 3 : 1 }, () => open(context, location)),
    );
    const [store] = stores;
    assert.ok(store);
    const ids = Array.from({ length: 40 }, (_, index) => `${index % 2 === 0 ? "a" : "b"}${index}`);
    await fill(store, ids);
    for (const each of stores) {
      const jobs = {
        store: each,
        cluster: fake.cluster,
        platform: samplePlatform({ limits: { perUserPerMinute: 10, perMinute: 15 } }),
        now: () => clock.now,
        logger: pino({ level: "silent" }),
      };
      const pace = new VirtualPace();
      paces.push(pace);
      context.after(startDispatcher(jobs, submissionMetrics(new Registry(), jobs), pace).stop);
    }
    const created = async (): Promise<number> => {
      const { rows } = await store.db
        .selectFrom("applications")
        .where("state", "=", "SUBMITTED")
        .select((row) => row.fn.countAll<number | string>().as("rows"))
        .executeTakeFirstOrThrow();
      return Number(rows);
    };
    for (const [minute, total] of [15, 30, 40].entries()) {
      clock.now = t0 + minute * minuteMs;
      await eventually(`${total} are created`, async () => {
        for (const pace of paces) pace.advance(5000);
        return (await created()) === total;
      });
      for (const pace of paces) pace.advance(5000);
      clock.now += minuteMs - 1;
      for (const pace of paces) pace.advance(5000);
    }
    assert.equal(fake.requests.filter((request) => request === "POST sparkapplications").length, 40);
    assert.equal(await created(), 40);
    const turns = await store.db.selectFrom("applications").select(["dispatched_at"]).execute();
    const byTime = Map.groupBy(turns, ({ dispatched_at }) => dispatched_at);
    assert.deepEqual([...byTime.values()].map(({ length }) => length).sort(), [10, 15, 15]);
  },
);
