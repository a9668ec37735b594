import assert from "node:assert/strict";

import { sampleApplication } from "../support/job-samples.ts";
import { historyOf, isThere, operatorSays, reconciled, submitted } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores("resources without a row are adopted, others are left alone", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { fake, reached, isIn, row } = scene;
  fake.objects.put("sparkapplications", sampleApplication("lost"));
  operatorSays(scene, "lost", "RUNNING");
  const nobodys = sampleApplication("nobodys");
  fake.objects.put("sparkapplications", { ...nobodys, metadata: { ...nobodys.metadata, annotations: {} } });
  // In the queue: whoever creates it has not said yet that it is there.
  fake.objects.put("sparkapplications", sampleApplication("queued"));
  operatorSays(scene, "queued", "RUNNING");
  await addApplication(scene.store, { id: "queued" });
  // Not to be taken for gone, since nobody has created it.
  await addApplication(scene.store, { id: "waiting" });
  scene.start();
  await reached("it is followed", isIn("lost", "RUNNING"));
  const { owner, name, namespace, idempotency_key } = await row("lost");
  assert.deepEqual([owner, name, namespace, idempotency_key], ["alice", "lost", "team-a", null]);
  assert.deepEqual(await historyOf(scene, "lost"), ["SUBMITTED", "RUNNING"]);
  await submitted(scene, "later");
  operatorSays(scene, "later", "RUNNING");
  await reached("all was settled", isIn("later", "RUNNING"));
  for (const id of ["queued", "waiting"]) assert.equal((await row(id)).state, "QUEUED");
  const rows = await scene.store.db.selectFrom("applications").select("id").execute();
  assert.ok(!rows.some(({ id }) => id === "nobodys"));
  assert.ok(isThere(scene, "nobodys"));
});

testOnStores("a resource that another took the name of is not taken for it", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a", { uid: "another" });
  operatorSays(scene, "a", "COMPLETED");
  scene.start();
  await scene.reached("it is gone", scene.isIn("a", "FAILED"));
  assert.ok(isThere(scene, "a"));
});
