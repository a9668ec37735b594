import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import fc from "fast-check";
import { pino } from "pino";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { historyOf, type HistoryEntry } from "../../src/jobs/history.ts";
import { historyRoutes } from "../../src/jobs/history-routes.ts";
import type { Store, StoreKind } from "../../src/store/store.ts";
import { startFakeCluster } from "../support/fake-cluster.ts";
import { firstAdmin, gatewayOn, newClient, refusedWith, type TestGateway } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

async function addEvent({ db }: Store, application_id: string, uid: string, time: number): Promise<void> {
  await db
    .insertInto("application_events")
    .values({
      application_id,
      uid,
      at: time,
      count: 1,
      type: "Warning",
      reason: "FailedScheduling",
      message: uid,
      source: "scheduler",
      object: "Pod/a-driver",
    })
    .execute();
}

async function withHistory(context: TestContext, kind: StoreKind): Promise<TestGateway> {
  const store = await open(context, await newLocation(context, kind));
  const { cluster } = await startFakeCluster(context);
  const jobs = {
    store,
    cluster,
    platform: samplePlatform(),
    now: () => 0,
    logger: pino({ level: "silent" }),
  };
  return gatewayOn(context, store, {
    routes: (v1) => {
      historyRoutes(v1, jobs);
    },
  });
}

testOnStores("the history is told to the owner and to admins, in pages", async (context, kind) => {
  const gateway = await withHistory(context, kind);
  await addApplication(gateway.store, { id: "a", state: "SUBMITTED", submitted_at: 1000 });
  for (const [uid, time] of [
    ["late", 3000],
    ["early", 1000],
    ["middle", 2000],
  ] as const) {
    await addEvent(gateway.store, "a", uid, time);
  }
  await addApplication(gateway.store, { id: "b", owner: "bob", submitted_at: 1000 });
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  const first = await gateway.call("GET", "/v1/applications/a/events?limit=3", { token });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const brief = (body: unknown): readonly unknown[] =>
    listAt(body, "items").map((item) => textAt(item, "state") ?? textAt(item, "message"));
  assert.deepEqual(brief(first.body), ["SUBMITTED", "early", "middle"]);
  const cursor = textAt(first.body, "nextCursor") ?? "";
  const second = await gateway.call("GET", `/v1/applications/a/events?cursor=${cursor}`, { token });
  assert.deepEqual(brief(second.body), ["late"]);
  assert.equal(at(second.body, "nextCursor"), undefined);
  refusedWith(await gateway.call("GET", "/v1/applications/a/events?cursor=WzFd", { token }), "invalid-input");
  for (const id of ["b", "none"]) {
    refusedWith(await gateway.call("GET", `/v1/applications/${id}/events`, { token }), "not-found");
  }
  refusedWith(await gateway.call("GET", "/v1/applications/a/events"), "not-authenticated");
  const admin = await firstAdmin(gateway);
  const told = await gateway.call("GET", "/v1/applications/b/events", { token: admin.accessToken });
  assert.deepEqual(brief(told.body), ["QUEUED"]);
});

testOnStores("pages of any size tell everything once, in order of time", async (context, kind) => {
  const store = await open(context, await newLocation(context, kind));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ isState: fc.boolean(), time: fc.integer({ min: 0, max: 4 }) }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (happenings, limit) => {
        const id = `a-${(run += 1)}`;
        await addApplication(store, { id, submitted_at: 0 });
        for (const [index, { isState, time }] of happenings.entries()) {
          if (!isState) await addEvent(store, id, String(index), time);
          else {
            const state = { application_id: id, state: "RUNNING", at: time, reason: String(index) } as const;
            await store.db.insertInto("application_states").values(state).execute();
          }
        }
        const told: HistoryEntry[] = [];
        for (let cursor: string | undefined; ;) {
          const { items, nextCursor } = await historyOf(store, id, limit, cursor);
          assert.ok(items.length <= limit);
          told.push(...items);
          if (nextCursor === undefined) break;
          cursor = nextCursor;
        }
        assert.equal(told.length, happenings.length + 1);
        const names = told.map((entry) => (entry.type === "event" ? entry.message : entry.reason));
        assert.equal(new Set(names).size, told.length);
        const times = told.map((entry) => entry.at);
        assert.deepEqual(times, times.toSorted());
      },
    ),
    { numRuns: 40 },
  );
});
