import assert from "node:assert/strict";

import { isSparkIdOf, recordSparkRun } from "../../src/jobs/spark-runs.ts";
import {
  ended,
  operatorSays,
  putEvent,
  putPod,
  reconciled,
  running,
  sparkIdOf,
  submitted,
  type Reconciled,
} from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

/** Two applications of one namespace that run, each with an executor. */
async function twoRunning(scene: Reconciled): Promise<void> {
  for (const id of ["ours", "theirs"]) {
    await submitted(scene, id, { owner: id });
    operatorSays(scene, id, "RUNNING");
    putPod(scene, id, running);
    putPod(scene, id, running, { role: 1 });
  }
  scene.start();
  for (const id of ["ours", "theirs"]) {
    await scene.reached("its run is known", async () => (await scene.row(id)).spark_id === sparkIdOf(id));
  }
}

/** Labels that make a pod look like a run of another application. */
const labelsOf = (id: string): Readonly<Record<string, string>> => ({
  "sparkoperator.k8s.io/app-name": id,
  "spark-app-selector": sparkIdOf(id),
  "spark-exec-id": "1",
});

testOnStores("labels make no pod another application's: no log, reason or event", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await twoRunning(scene);
  // A job of ours lays its labels over pods of theirs, and makes a pod that says it is their driver.
  const words = ended(1, "FileNotFoundError: [Errno 2] No such file or directory: 'forged.csv'");
  putPod(scene, "theirs", ended(137, "secret"), { role: 1, labels: labelsOf("ours") });
  putPod(scene, "theirs", words, { name: "newest", sparkId: "forged" });
  operatorSays(scene, "ours", "RUNNING", { executorState: { "theirs-exec-1": "FAILED" } });
  putEvent(scene, "Pod/theirs-exec-1", "e1", "of theirs");
  putEvent(scene, "Pod/newest", "e2", "forged");
  for (const id of ["ours", "theirs"]) {
    const name = `${id}-driver`;
    scene.fake.logs.set(`team-a/${name}/spark-kubernetes-driver`, { lines: [`T ${id}`], ended: true });
    putPod(scene, id, ended(1));
    operatorSays(scene, id, "FAILED");
  }
  scene.fake.logs.set("team-a/theirs-exec-1/spark-kubernetes-executor", { lines: ["T secret"], ended: true });
  scene.fake.logs.set("team-a/newest/spark-kubernetes-driver", { lines: ["T forged"], ended: true });
  for (const id of ["ours", "theirs"]) {
    await scene.reached("it has failed", scene.isIn(id, "FAILED"));
    await scene.reached("its events are kept", () => scene.archive.events.has(id));
  }
  await scene.reached("their executor's log", () => scene.archive.logs.has("theirs/theirs-exec-1"));
  assert.deepEqual([...scene.archive.logs].sort(), [
    ["ours/ours-driver", "T ours\n"],
    ["theirs/theirs-driver", "T theirs\n"],
    ["theirs/theirs-exec-1", "T secret\n"],
  ]);
  assert.doesNotMatch(String((await scene.row("ours")).reason), /secret|theirs/);
  assert.doesNotMatch(String((await scene.row("theirs")).reason), /forged/);
  const events = await scene.store.db
    .selectFrom("application_events")
    .select(["application_id", "message"])
    .execute();
  assert.deepEqual(
    events.map(({ application_id, message }) => [application_id, message]),
    [["theirs", "of theirs"]],
  );
});

testOnStores("a run keeps its Spark id, whatever its job makes of its pods", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { store } = scene;
  await twoRunning(scene);
  // The job of ours takes its own driver away and makes another, which claims to be theirs, or nobody's.
  for (const sparkId of [sparkIdOf("theirs"), "spark-nobodys"]) {
    scene.fake.objects.remove("pods", "team-a", "ours-driver");
    putPod(scene, "ours", running, { sparkId });
    putEvent(scene, "Pod/ours-driver", sparkId, sparkId);
    await scene.reached("it is settled", async () => {
      const rows = await store.db.selectFrom("application_events").select("message").execute();
      return rows.some(({ message }) => message === sparkId);
    });
    assert.equal((await scene.row("ours")).spark_id, sparkIdOf("ours"));
    assert.equal(await isSparkIdOf(store.db, sparkId, "ours"), false);
  }
  // Another run is another submission, whose driver the operator makes. The watch may still show the one before.
  operatorSays(scene, "ours", "RUNNING", { submissionID: "2", executionAttempts: 2 });
  await scene.reached("it has begun", async () => (await scene.row("ours")).attempts === 2);
  assert.equal((await scene.row("ours")).spark_id, sparkIdOf("ours"));
  putPod(scene, "ours", running, { submission: "2" });
  await scene.reached(
    "it is known",
    async () => (await scene.row("ours")).spark_id === sparkIdOf("ours", "2"),
  );
  for (const submission of ["1", "2"]) {
    assert.ok(await isSparkIdOf(store.db, sparkIdOf("ours", submission), "ours"));
    assert.equal(await isSparkIdOf(store.db, sparkIdOf("ours", submission), "theirs"), false);
  }
});

testOnStores("a Spark id belongs to the application that had it first", async (context, kind) => {
  const { db } = await open(context, await newLocation(context, kind)).then(async (store) => {
    for (const id of ["a", "b"]) await addApplication(store, { id, state: "RUNNING" });
    return store;
  });
  const first = { sparkId: "spark-1", submissionId: "1" };
  assert.equal(await recordSparkRun(db, "a", first), "spark-1");
  assert.equal(await recordSparkRun(db, "a", first), "spark-1", "told again");
  assert.equal(
    await recordSparkRun(db, "a", { ...first, sparkId: "spark-2" }),
    "spark-1",
    "once a submission",
  );
  assert.equal(await recordSparkRun(db, "b", first), null);
  const both = ["a", "b"].map((id) => recordSparkRun(db, id, { sparkId: "spark-3", submissionId: "2" }));
  assert.equal((await Promise.all(both)).filter((each) => each === "spark-3").length, 1, "also at once");
  assert.equal(await recordSparkRun(db, "gone", { sparkId: "spark-4", submissionId: "1" }), null);
});
