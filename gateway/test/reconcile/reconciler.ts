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
  sparkIdOf,
  submitted,
  type Reconciled,
} from "../support/reconciled.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores("an application is followed to its end, with what is known of it", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { fake, reached, isIn, row, archive, start } = scene;
  await submitted(scene, "a");
  const first = start();
  operatorSays(scene, "a", "SUBMITTED");
  await reached("it waits", isIn("a", "PENDING"));
  putPod(scene, "a", running);
  operatorSays(scene, "a", "RUNNING", { sparkApplicationId: "a label's" });
  await reached("it runs", isIn("a", "RUNNING"));
  fake.logs.set("team-a/a-driver/spark-kubernetes-driver", {
    lines: ["2026-11-24T12:00:06.1Z hello", "2026-11-24T12:00:07.1Z world"],
    ended: true,
  });
  putPod(scene, "a", ended(0));
  operatorSays(scene, "a", "COMPLETED", { terminationTime: "2026-11-24T12:01:00Z" });
  await reached("its log is kept", async () => (await row("a")).log_archived_at !== null);
  await reached("its events are kept", () => archive.events.has("a"));
  const { uid, spark_id, driver_pod, attempts, started_at, ended_at, archived_pod_uid } = await row("a");
  assert.deepEqual([spark_id, driver_pod, attempts], [sparkIdOf("a"), "a-driver", 1]);
  assert.equal(started_at, Date.parse("2026-11-24T12:00:05Z"));
  assert.equal(ended_at, Date.parse("2026-11-24T12:01:00Z"));
  assert.ok(uid !== null && archived_pod_uid !== null);
  assert.equal(
    archive.logs.get("a/a-driver"),
    "2026-11-24T12:00:06.1Z hello\n2026-11-24T12:00:07.1Z world\n",
  );
  assert.deepEqual(await historyOf(scene, "a"), ["SUBMITTED", "PENDING", "RUNNING", "SUCCEEDED"]);
  await first.stop();
  archive.events.clear();
  start();
  await reached("it is looked at again", () => archive.events.has("a"));
  assert.equal(archive.puts, 1, "its log is not put again");
  fake.objects.remove("sparkapplications", "team-a", "a");
  await submitted(scene, "b");
  operatorSays(scene, "b", "RUNNING");
  await reached("the next runs", isIn("b", "RUNNING"));
  assert.equal((await row("a")).state, "SUCCEEDED", "its time to live changes nothing");
});

testOnStores(
  "a failure has the reason of the pods as they are, also where a watch lags",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    await submitted(scene, "a");
    operatorSays(scene, "a", "RUNNING");
    putPod(scene, "a", running);
    scene.fake.fault = ({ plural, query }) => (plural === "pods" && query.has("watch") ? "hang" : undefined);
    scene.start();
    await scene.reached("it runs", scene.isIn("a", "RUNNING"));
    putPod(scene, "a", ended(1, "FileNotFoundError: [Errno 2] No such file or directory: 'x.csv'"));
    operatorSays(scene, "a", "FAILED", {
      applicationState: { state: "FAILED", errorMessage: "driver container failed with ExitCode: 1" },
    });
    await scene.reached("it has failed", scene.isIn("a", "FAILED"));
    const { reason, hint } = await scene.row("a");
    assert.match(String(reason), /x\.csv/);
    assert.ok(hint !== null);
  },
);

testOnStores(
  "what a gateway left half done is finished: cancelled, given up, deleted",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    await submitted(scene, "cancelled", { state: "CANCELLED", created_at: null });
    await submitted(scene, "given-up", { state: "FAILED" });
    await submitted(scene, "deleted", { state: "SUCCEEDED", deleted_at: 5 });
    await submitted(scene, "failed", { state: "FAILED" });
    for (const id of ["cancelled", "given-up"]) operatorSays(scene, id, "SUBMITTED");
    operatorSays(scene, "deleted", "COMPLETED");
    operatorSays(scene, "failed", "FAILED");
    scene.start();
    for (const id of ["cancelled", "given-up", "deleted"]) {
      await scene.reached(`${id} is gone`, () => !isThere(scene, id));
    }
    assert.ok(isThere(scene, "failed"), "what ended by itself has its time to live");
  },
);

testOnStores("a driver that waits too long for its image is given up", async (context, kind) => {
  const scene = await reconciled(context, kind, { imageWaitMs: 60_000 });
  await submitted(scene, "a");
  putPod(scene, "a", { waiting: { reason: "ImagePullBackOff", message: "not found" } });
  operatorSays(scene, "a", "SUBMITTED");
  scene.start();
  await scene.reached("it says why", async () =>
    ((await scene.row("a")).reason ?? "").includes("cannot be pulled"),
  );
  assert.equal((await scene.row("a")).state, "PENDING");
  scene.clock.now += 59_999;
  putEvent(scene, "Pod/a-driver", "e", "Back-off pulling image");
  await scene.reached("it is looked at again", async () => (await eventsOf(scene, "a")).length > 0);
  assert.equal((await scene.row("a")).state, "PENDING");
  scene.clock.now += 1;
  await scene.reached("it is given up", scene.isIn("a", "FAILED"));
  await scene.reached("it is gone", () => !isThere(scene, "a"));
  assert.match(String((await scene.row("a")).reason), /^given up: the image .* cannot be pulled: not found/);
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

testOnStores("an end is known of what went right after it", async (context, kind) => {
  const scene = await reconciled(context, kind);
  await submitted(scene, "a");
  operatorSays(scene, "a", "RUNNING");
  scene.start();
  await scene.reached("it runs", scene.isIn("a", "RUNNING"));
  operatorSays(scene, "a", "COMPLETED");
  scene.fake.objects.remove("sparkapplications", "team-a", "a");
  await scene.reached("it is gone", async () => (await scene.row("a")).ended_at !== null);
  assert.equal((await scene.row("a")).state, "SUCCEEDED");
});
