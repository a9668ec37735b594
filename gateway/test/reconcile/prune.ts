import assert from "node:assert/strict";

import { pruneApplications } from "../../src/reconcile/prune.ts";
import { dayMs } from "../../src/clock.ts";
import { putEvent, reconciled, submitted, operatorSays } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores("what ended long ago is forgotten with all that belongs to it", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { store, clock } = scene;
  for (let count = 0; count < 450; count++) {
    await addApplication(store, {
      id: `old-${count}`,
      state: "FAILED",
      ended_at: clock.now - 90 * dayMs - 1,
    });
  }
  await addApplication(store, { id: "young", state: "SUCCEEDED", ended_at: clock.now - 90 * dayMs });
  await submitted(scene, "active", { submitted_at: 0 });
  operatorSays(scene, "active", "RUNNING");
  putEvent(scene, "SparkApplication/active", "e", "submitted");
  scene.start();
  await scene.reached("events", async () => (await count(scene.store, "application_events")) === 1);
  await scene.reached("pruned", async () => (await count(scene.store, "applications")) === 2);
  await scene.reached("settled", scene.isIn("active", "RUNNING"));
  assert.equal(await count(store, "application_states"), 3);
  clock.now += 1;
  await pruneApplications(scene.reconciling, new AbortController().signal);
  const left = await store.db.selectFrom("applications").select("id").execute();
  assert.deepEqual(
    left.map(({ id }) => id),
    ["active"],
  );
  assert.match(await scene.registry.metrics(), /applications\{state="RUNNING"\} 1/);
  assert.equal(await count(store, "application_events"), 1);
});

testOnStores(
  "what is kept of it in the archive goes first, and both go later where that is away",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    const { store, clock, archive, reconciling, registry } = scene;
    for (const id of ["old", "older"]) {
      await addApplication(store, {
        id,
        state: "SUCCEEDED",
        ended_at: clock.now - 91 * dayMs - Number(id === "older"),
      });
      archive.logs.set(`${id}/${id}-driver`, "");
      archive.events.set(id, "[]");
    }
    archive.logs.set("young/young-driver", "");
    const prune = (): Promise<void> => pruneApplications(reconciling, new AbortController().signal);
    archive.isAway = true;
    await assert.rejects(prune());
    assert.equal(await count(store, "applications"), 2);
    assert.match(await registry.metrics(), /archive_failures_total\{what="removal"\} 1/);
    archive.isAway = false;
    archive.onRemove = (id) => {
      archive.isAway = id === "older";
    };
    await assert.rejects(prune());
    assert.equal(await count(store, "applications"), 1, "what is removed is forgotten");
    archive.isAway = false;
    await prune();
    assert.equal(await count(store, "applications"), 0);
    assert.deepEqual([...archive.logs.keys(), ...archive.events.keys()], ["young/young-driver"]);
  },
);

async function count(
  { db }: Parameters<typeof addApplication>[0],
  table: "applications" | "application_states" | "application_events",
): Promise<number> {
  return (await db.selectFrom(table).selectAll().execute()).length;
}
