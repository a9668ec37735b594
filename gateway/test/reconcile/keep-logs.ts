import assert from "node:assert/strict";

import {
  ended,
  historyOf,
  isThere,
  operatorSays,
  putEvent,
  putPod,
  reconciled,
  running,
  submitted,
  type Reconciled,
} from "../support/reconciled.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores("what is cancelled is deleted, with its log kept, or without", async (context, kind) => {
  const scene = await reconciled(context, kind);
  for (const id of ["kept", "lost"]) {
    await submitted(scene, id, { state: "CANCELLING" });
    operatorSays(scene, id, "RUNNING");
    putPod(scene, id, running);
  }
  scene.fake.logs.set("team-a/kept-driver/spark-kubernetes-driver", { lines: ["T hello"], ended: false });
  scene.start();
  for (const id of ["kept", "lost"]) {
    await scene.reached(id, scene.isIn(id, "CANCELLED"));
    assert.ok(!isThere(scene, id));
    assert.deepEqual(await historyOf(scene, id), ["CANCELLING", "CANCELLED"]);
  }
  assert.equal(scene.archive.logs.get("kept/kept-driver"), "T hello\n");
  assert.match(await scene.registry.metrics(), /archive_failures_total\{what="log"\} 1/);
});

const eventsOf = (
  { store }: Reconciled,
  id: string,
): Promise<{ message: string; count: number; at: number }[]> =>
  store.db
    .selectFrom("application_events")
    .select(["message", "count", "at"])
    .where("application_id", "=", id)
    .orderBy("id")
    .execute();

testOnStores("events of an application and its pods are kept once, and count up", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const count = async (): Promise<readonly unknown[]> =>
    (await eventsOf(scene, "a")).map((event) => [event.message, event.count]);
  await submitted(scene, "a");
  operatorSays(scene, "a", "RUNNING");
  putPod(scene, "a", running);
  putEvent(scene, "SparkApplication/a", "first", "submitted");
  putEvent(scene, "Pod/other", "other", "not ours");
  const first = scene.start();
  await scene.reached("one event", async () => (await count()).length === 1);
  putEvent(scene, "Pod/a-driver", "second", "pulling");
  await scene.reached("two events", async () => (await count()).length === 2);
  putEvent(scene, "Pod/a-driver", "second", "pulling", 7, "2026-11-24T12:05:00Z");
  await scene.reached("it counts up", async () => (await eventsOf(scene, "a"))[1]?.count === 7);
  await first.stop();
  scene.fake.objects.remove("pods", "team-a", "a-driver");
  putEvent(scene, "Pod/a-driver", "third", "killed");
  scene.start();
  await scene.reached("also of a pod that is gone", async () => (await count()).length === 3);
  assert.deepEqual(await count(), [
    ["submitted", 1],
    ["pulling", 7],
    ["killed", 1],
  ]);
  assert.equal((await eventsOf(scene, "a"))[1]?.at, Date.parse("2026-11-24T12:05:00Z"));
});

testOnStores("an archive that is away is asked again while the pod is there", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a");
  putPod(scene, "a", ended(0));
  scene.fake.logs.set("team-a/a-driver/spark-kubernetes-driver", { lines: ["T hello"], ended: true });
  operatorSays(scene, "a", "COMPLETED");
  scene.archive.isAway = true;
  scene.start();
  await scene.reached("it was tried", () => scene.archive.puts >= 2);
  assert.equal((await scene.row("a")).state, "SUCCEEDED", "its end does not wait for that");
  assert.equal((await scene.row("a")).log_archived_at, null);
  scene.archive.isAway = false;
  await scene.reached("it is kept", async () => (await scene.row("a")).log_archived_at !== null);
  await scene.reached("its events are kept", () => scene.archive.events.has("a"));
  assert.match(await scene.registry.metrics(), /archive_failures_total\{what="log"\} [1-9]/);
});

testOnStores("the log of each run is kept, and what executors leave", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a");
  operatorSays(scene, "a", "RUNNING");
  const log = (name: string, role: string, text: string): void => {
    scene.fake.logs.set(`team-a/${name}/spark-kubernetes-${role}`, { lines: [`T ${text}`], ended: true });
  };
  log("a-driver", "driver", "first");
  log("a-exec-1", "executor", "executor");
  putPod(scene, "a", ended(1), { uid: "run-1" });
  putPod(scene, "a", ended(0), { role: 1 });
  scene.start();
  await scene.reached("the first", async () => (await scene.row("a")).archived_pod_uid === "run-1");
  await scene.reached("the executor's", () => scene.archive.logs.has("a/a-exec-1"));
  scene.fake.objects.remove("pods", "team-a", "a-driver");
  log("a-driver", "driver", "second");
  putPod(scene, "a", ended(0), { uid: "run-2" });
  await scene.reached("the second", async () => (await scene.row("a")).archived_pod_uid === "run-2");
  assert.equal(scene.archive.logs.get("a/a-driver"), "T second\n");
  operatorSays(scene, "a", "COMPLETED");
  await scene.reached("its events", () => scene.archive.events.has("a"));
  assert.equal(scene.archive.puts, 3, "each once");
});
