import assert from "node:assert/strict";

import { statesOf } from "../../src/jobs/applications-store.ts";
import { sampleApplication } from "../support/job-samples.ts";
import {
  operatorSays,
  putEvent,
  putPod,
  reconciled,
  submitted,
  type Reconciled,
} from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

const running = { running: { startedAt: "2026-11-24T12:00:05Z" } };
const ended = (exitCode: number, message = ""): object => ({
  terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", message },
});

const isThere = ({ fake }: Reconciled, id: string): boolean =>
  fake.objects.get("sparkapplications", "team-a", id) !== undefined;

const historyOf = async ({ store }: Reconciled, id: string): Promise<readonly string[]> =>
  (await statesOf(store.db, id)).map(({ state }) => state);

testOnStores("an application is followed to its end, with what is known of it", async (context, kind) => {
  const scene = await reconciled(context, kind);
  const { fake, reached, isIn, row, archive, start } = scene;
  await submitted(scene, "a");
  const first = start();
  operatorSays(scene, "a", "SUBMITTED");
  await reached("it waits", isIn("a", "PENDING"));
  putPod(scene, "a", running);
  operatorSays(scene, "a", "RUNNING", { sparkApplicationId: "spark-1" });
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
  assert.deepEqual([spark_id, driver_pod, attempts], ["spark-1", "a-driver", 1]);
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
  putPod(scene, "a", ended(0), { role: "executor", name: "a-exec-1" });
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
