import assert from "node:assert/strict";

import { secondMs } from "../../src/clock.ts";
import { deleteEnded } from "../../src/jobs/cancel.ts";
import { keepWhatEnded } from "../../src/reconcile/keep-logs.ts";
import { archivingEndsMs, removeLogsOfDeleted } from "../../src/reconcile/remove-logs.ts";
import { operatorSays, putPod, reconciled, submitted } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores(
  "what was deleted goes from the archive by itself, once nothing can come there any more",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    const { store, jobs, clock, archive, reconciling, row } = scene;
    for (let count = 0; count < 120; count++)
      await addApplication(store, { id: `a-${count}`, state: "SUCCEEDED", ended_at: clock.now });
    for (const id of ["a-0", "a-1"]) archive.logs.set(`${id}/driver`, "");
    const remove = (): Promise<void> => removeLogsOfDeleted(reconciling, new AbortController().signal);
    for (let count = 0; count < 120; count++) if (count !== 1) await deleteEnded(jobs, `a-${count}`);
    clock.now += archivingEndsMs;
    await remove();
    assert.equal(archive.logs.size, 2);
    clock.now += 1;
    await remove();
    assert.deepEqual([...archive.logs.keys()], ["a-1/driver"]);
    assert.equal((await row("a-119")).archive_removed_at, clock.now);
    assert.equal((await row("a-1")).archive_removed_at, null);
    archive.onRemove = () => assert.fail("it is done");
    await remove();
  },
);

testOnStores(
  "an archive that is away is asked until it has removed what was deleted",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    const { store, clock, archive, registry, row } = scene;
    await addApplication(store, {
      id: "a",
      state: "FAILED",
      ended_at: clock.now,
      deleted_at: clock.now - 200 * secondMs,
    });
    archive.logs.set("a/a-driver", "");
    archive.isAway = true;
    scene.start();
    await scene.reached("it was tried", async () =>
      (await registry.metrics()).includes('{what="removal"} 1'),
    );
    assert.equal((await row("a")).archive_removed_at, null);
    archive.isAway = false;
    await scene.reached("it is removed", () => archive.logs.size === 0);
    await scene.reached("it is known", async () => (await row("a")).archive_removed_at !== null);
  },
);

testOnStores("of what was deleted nothing is put into the archive any more", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { fake, jobs, clock, archive, reconciling, row, isIn } = scene;
  for (const id of ["a", "b"]) {
    await submitted(scene, id, { state: "SUCCEEDED", ended_at: clock.now });
    operatorSays(scene, id, "COMPLETED");
    putPod(scene, id, { terminated: { exitCode: 0, reason: "Completed", message: "" } });
    fake.logs.set(`team-a/${id}-driver/spark-kubernetes-driver`, { lines: [], ended: true });
  }
  const before = await row("a");
  const observed = (await jobs.cluster.getApplication("team-a", "a")) ?? assert.fail();
  const pods = await jobs.cluster.listPods("team-a", "sparkoperator.k8s.io/app-name=a");
  // As where it was deleted in the cluster by nobody yet.
  await scene.store.db
    .updateTable("applications")
    .set({ deleted_at: clock.now })
    .where("id", "=", "a")
    .execute();
  await keepWhatEnded(
    reconciling,
    before,
    { application: observed, driver: pods[0], executors: [], events: [] },
    new Set(),
  );
  scene.start();
  await scene.reached("the other is kept", () => archive.logs.has("b/b-driver") && archive.events.has("b"));
  await scene.reached("it is gone", () => fake.objects.get("sparkapplications", "team-a", "a") === undefined);
  assert.ok(await isIn("a", "SUCCEEDED")());
  assert.deepEqual([...archive.logs.keys(), ...archive.events.keys()], ["b/b-driver", "b"]);
});
