import assert from "node:assert/strict";

import { sampleApplication } from "../support/job-samples.ts";
import { operatorSays, reconciled, submitted, type Reconciled } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

for (const [trouble, make] of [
  [
    "dropped connections",
    ({ fake }) => {
      fake.dropConnections();
    },
  ],
  [
    "versions that have expired",
    ({ fake }) => {
      fake.objects.compact();
      fake.dropConnections();
    },
  ],
  [
    "an API server that is away",
    ({ fake }) => {
      let left = 8;
      fake.fault = () => ((left -= 1) >= 0 ? { status: 503, message: "starting" } : undefined);
      fake.dropConnections();
    },
  ],
] as const satisfies readonly (readonly [string, (scene: Reconciled) => void])[]) {
  testOnStores(`${trouble} lose nothing`, async (context, kind) => {
    const scene = await reconciled(context, kind);
    for (const id of ["done", "gone", "goes-on"]) {
      await submitted(scene, id);
      operatorSays(scene, id, "RUNNING");
    }
    scene.start();
    for (const id of ["done", "gone", "goes-on"]) await scene.reached(id, scene.isIn(id, "RUNNING"));
    make(scene);
    operatorSays(scene, "done", "COMPLETED");
    scene.fake.objects.remove("sparkapplications", "team-a", "gone");
    scene.fake.objects.compact();
    await submitted(scene, "new");
    operatorSays(scene, "new", "RUNNING");
    await scene.reached("done", scene.isIn("done", "SUCCEEDED"));
    await scene.reached("new", scene.isIn("new", "RUNNING"));
    await scene.reached("gone", scene.isIn("gone", "FAILED"));
    assert.match(String((await scene.row("gone")).reason), /deleted from the cluster by somebody else/);
    assert.equal((await scene.row("goes-on")).state, "RUNNING");
  });
}

testOnStores("what happened while no gateway was there is found", async (context, kind) => {
  const scene = await reconciled(context, kind);
  for (const id of ["done", "gone"]) await submitted(scene, id);
  await submitted(scene, "cancelled", { state: "CANCELLING" });
  const first = scene.start();
  operatorSays(scene, "done", "RUNNING");
  await scene.reached("it runs", scene.isIn("done", "RUNNING"));
  await first.stop();
  operatorSays(scene, "done", "COMPLETED");
  scene.fake.objects.remove("sparkapplications", "team-a", "gone");
  scene.fake.objects.remove("sparkapplications", "team-a", "cancelled");
  scene.start();
  await scene.reached("done", scene.isIn("done", "SUCCEEDED"));
  await scene.reached("gone", scene.isIn("gone", "FAILED"));
  await scene.reached("cancelled", scene.isIn("cancelled", "CANCELLED"));
});

testOnStores("a resource that went unseen is missed after a while", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "other");
  operatorSays(scene, "other", "RUNNING");
  scene.start();
  await scene.reached("it reconciles", scene.isIn("other", "RUNNING"));
  await addApplication(scene.store, { id: "a", state: "SUBMITTED", created_at: scene.clock.now });
  await scene.reached("it is missed", scene.isIn("a", "FAILED"));
});

testOnStores("a namespace that cannot be listed says nothing about what is there", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a");
  const there = scene.fake.objects;
  there.put("sparkapplications", sampleApplication("b", "team-b"));
  there.setStatus("sparkapplications", "team-b", "b", { applicationState: { state: "RUNNING" } });
  await addApplication(scene.store, { id: "b", namespace: "team-b", state: "SUBMITTED", created_at: 1 });
  scene.fake.fault = ({ namespace, plural, method }) =>
    namespace === "team-a" && plural === "pods" && method === "GET"
      ? { status: 403, message: "no" }
      : undefined;
  there.remove("sparkapplications", "team-a", "a");
  scene.start();
  await scene.reached("the other goes on", scene.isIn("b", "RUNNING"));
  assert.equal((await scene.row("a")).state, "SUBMITTED");
  assert.match(await scene.registry.metrics(), /watch_interruptions_total\{kind="pods"\} [1-9]/);
  scene.fake.fault = () => undefined;
  await scene.reached("then it is known", scene.isIn("a", "FAILED"));
});

testOnStores("of two reconcilers one works, and the other takes over", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a");
  operatorSays(scene, "a", "RUNNING");
  const first = scene.start();
  await scene.reached("it runs", scene.isIn("a", "RUNNING"));
  const lists = (): number => scene.fake.requests.filter((each) => each === "GET sparkapplications").length;
  const before = lists();
  const second = scene.start();
  await submitted(scene, "b");
  operatorSays(scene, "b", "RUNNING");
  await scene.reached("b runs", scene.isIn("b", "RUNNING"));
  assert.equal(lists(), before, "the second does not watch");
  await first.stop();
  operatorSays(scene, "a", "COMPLETED");
  await scene.reached("the second works", scene.isIn("a", "SUCCEEDED"));
  await second.stop();
  assert.deepEqual(await scene.store.db.selectFrom("leases").selectAll().execute(), []);
});
