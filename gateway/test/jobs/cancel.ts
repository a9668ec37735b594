import assert from "node:assert/strict";
import { test } from "node:test";

import { recordAt, textAt } from "../../../local/kube/json.ts";
import { recordState } from "../../src/jobs/applications-store.ts";
import { refusedWith, type Answer } from "../support/gateway.ts";
import { sampleRequest, startSubmitting } from "../support/submitting.ts";
import { testOnStores } from "../support/stores.ts";
import { cancel, created, idOf, remove, rowOf, stateOf, untilSubmitted } from "../support/submitted-jobs.ts";

testOnStores("what waits is cancelled at once, and never runs", async (context, kind) => {
  const scene = await startSubmitting(context, kind, { limits: { perMinute: 1 } });
  const { clock } = scene;
  await scene.submit();
  const answer = await scene.submit();
  assert.deepEqual(stateOf(answer), [202, "QUEUED"]);
  assert.deepEqual(stateOf(await cancel(scene, idOf(answer))), [200, "CANCELLED"]);
  assert.deepEqual(stateOf(await cancel(scene, idOf(answer))), [200, "CANCELLED"]);
  const next = await scene.submit();
  clock.now += 60_000;
  await untilSubmitted(scene, idOf(next));
  assert.equal(created(scene), 2);
  assert.equal((await rowOf(scene, idOf(answer))).state, "CANCELLED");
});

testOnStores(
  "what is in the cluster is kept as far as it should be, deleted there, and gone when somebody sees so",
  async (context, kind) => {
    const kept: string[] = [];
    const scene = await startSubmitting(context, kind, {
      beforeRemoval: (row) => {
        assert.equal(row.state, "CANCELLING");
        assert.ok(scene.fake.objects.get("sparkapplications", "team-a", row.id));
        kept.push(row.id);
        return Promise.reject(new Error("the archive is away"));
      },
    });
    const { fake, store } = scene;
    const id = idOf(await scene.submit());
    const cancelled = await cancel(scene, id);
    assert.deepEqual(stateOf(cancelled), [202, "CANCELLING"]);
    assert.equal(textAt(cancelled.body, "reason"), "alice cancelled it");
    assert.deepEqual(kept, [id]);
    assert.deepEqual([fake.objects.list("sparkapplications"), fake.objects.list("configmaps")], [[], []]);
    refusedWith(await remove(scene, id), "application-active");
    await recordState(store.db, id, { state: "CANCELLED", at: 1 });
    assert.deepEqual(stateOf(await cancel(scene, id)), [200, "CANCELLED"]);
  },
);

testOnStores("a cancellation holds where the cluster does not answer", async (context, kind) => {
  const scene = await startSubmitting(context, kind);
  const { fake } = scene;
  const id = idOf(await scene.submit());
  fake.fault = () => ({ status: 503, message: "away" });
  assert.deepEqual(stateOf(await cancel(scene, id)), [202, "CANCELLING"]);
  fake.fault = () => undefined;
  assert.deepEqual(stateOf(await cancel(scene, id)), [202, "CANCELLING"]);
  assert.deepEqual(fake.objects.list("sparkapplications"), []);
});

testOnStores("what is cancelled while it is being created is deleted again", async (context, kind) => {
  const scene = await startSubmitting(context, kind);
  const { fake, store } = scene;
  let cancelling: Promise<Answer> | undefined;
  fake.fault = ({ method, plural }) => {
    if (method !== "POST" || plural !== "sparkapplications" || cancelling) return undefined;
    cancelling = store.db
      .selectFrom("applications")
      .select("id")
      .executeTakeFirstOrThrow()
      .then(({ id }) => cancel(scene, id));
    // The first try fails, so that the cancellation comes between two of them.
    return { status: 500, message: "slow" };
  };
  const answer = await scene.submit();
  assert.ok(cancelling);
  assert.deepEqual(stateOf(await cancelling), [202, "CANCELLING"]);
  const row = await rowOf(scene, idOf(answer));
  assert.equal(row.state, "CANCELLING");
  // Another gateway had it in hand all the time.
  fake.fault = () => undefined;
  assert.equal(await scene.submitting.dispatcher.dispatch({ ...row, state: "QUEUED" }), "cancelled");
  assert.deepEqual(fake.objects.list("sparkapplications"), []);
  assert.equal((await rowOf(scene, idOf(answer))).state, "CANCELLING");
});

testOnStores(
  "what has ended is deleted for all, from the cluster too, and its key stays used",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const { fake, store } = scene;
    const id = idOf(await scene.submit(sampleRequest(), "k"));
    refusedWith(await remove(scene, id), "application-active");
    await recordState(store.db, id, { state: "SUCCEEDED", at: 1 });
    assert.deepEqual(stateOf(await cancel(scene, id)), [200, "SUCCEEDED"]);
    fake.fault = () => ({ status: 503, message: "away" });
    refusedWith(await remove(scene, id), "cluster-unavailable");
    fake.fault = () => undefined;
    assert.deepEqual(stateOf(await remove(scene, id)), [200, "SUCCEEDED"]);
    assert.deepEqual(fake.objects.list("sparkapplications"), []);
    refusedWith(await remove(scene, id), "not-found");
    refusedWith(await cancel(scene, id), "not-found");
    refusedWith(await scene.submit(sampleRequest(), "k"), "idempotency-key-reused");
  },
);

test("the description has the path of a cancellation as clients write it", async (context) => {
  const { gateway } = await startSubmitting(context, "sqlite");
  const { body } = await gateway.call("GET", "/v1/openapi.json");
  const paths = Object.keys(recordAt(body, "paths")).filter((path) => path.includes("applications"));
  assert.deepEqual(paths.sort(), [
    "/v1/applications",
    "/v1/applications/{id}",
    "/v1/applications/{id}:cancel",
  ]);
});
