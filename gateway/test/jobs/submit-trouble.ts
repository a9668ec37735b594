import assert from "node:assert/strict";

import { numberAt, textAt } from "../../../local/kube/json.ts";
import { sampleRequest, startSubmitting } from "../support/submitting.ts";
import { testOnStores } from "../support/stores.ts";
import { idOf, remove, rowOf, stateOf, untilSubmitted } from "../support/submitted-jobs.ts";

testOnStores(
  "a cluster that does not answer loses nothing: the job waits, and runs when it is back",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const { fake, clock } = scene;
    fake.fault = () => ({ status: 500, message: "etcd is away" });
    const answer = await scene.submit(sampleRequest(), "k");
    assert.deepEqual(stateOf(answer), [202, "QUEUED"]);
    assert.match(textAt(answer.body, "reason") ?? "", /cannot be reached/);
    assert.equal(numberAt(answer.body, "queuePosition"), 1);
    fake.fault = () => undefined;
    clock.now += 5000;
    await untilSubmitted(scene, idOf(answer));
    assert.equal((await rowOf(scene, idOf(answer))).reason, null);
    assert.ok(fake.objects.get("configmaps", "team-a", idOf(answer)));
  },
);

testOnStores(
  "what the cluster refuses has failed, with the API server's reason, and is gone",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const { fake } = scene;
    const message = "exceeded quota: jobs, requested: count/sparkapplications=1, used: 5, limited: 5";
    fake.fault = ({ method }) => (method === "POST" ? { status: 403, message } : undefined);
    const answer = await scene.submit(sampleRequest(), "k");
    assert.deepEqual(stateOf(answer), [201, "FAILED"]);
    assert.equal(textAt(answer.body, "reason"), message);
    // Its code is refused, when the application is there already.
    fake.fault = ({ method, plural }) =>
      method === "POST" && plural === "configmaps" ? { status: 403, message } : undefined;
    const second = await scene.submit(sampleRequest(), "k2");
    assert.deepEqual(stateOf(second), [201, "FAILED"]);
    assert.deepEqual(fake.objects.list("sparkapplications"), []);
    assert.equal((await rowOf(scene, idOf(second))).code, null);
  },
);

testOnStores(
  "what is there already is not refused for a quota that it fills itself",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const { fake, clock } = scene;
    fake.fault = ({ plural }) => (plural === "configmaps" ? { status: 500, message: "away" } : undefined);
    const answer = await scene.submit();
    assert.deepEqual(stateOf(answer), [202, "QUEUED"]);
    fake.fault = ({ method, plural }) =>
      method === "POST" && plural === "sparkapplications"
        ? { status: 403, message: "exceeded quota" }
        : undefined;
    clock.now += 5000;
    await untilSubmitted(scene, idOf(answer));
  },
);

testOnStores(
  "with the store lost, a retry finds its application, and another request is refused",
  async (context, kind) => {
    const before = await startSubmitting(context, kind);
    const id = idOf(await before.submit(sampleRequest(), "k"));
    const after = await startSubmitting(context, kind);
    const there = before.fake.objects.get("sparkapplications", "team-a", id);
    assert.ok(there);
    after.fake.objects.put("sparkapplications", there);
    const retried = await after.submit(sampleRequest(), "k");
    assert.deepEqual([...stateOf(retried), idOf(retried)], [201, "SUBMITTED", id]);
    assert.equal((await rowOf(after, id)).uid, textAt(there, "metadata", "uid"));
    const lost = await startSubmitting(context, kind);
    lost.fake.objects.put("sparkapplications", there);
    const other = await lost.submit(sampleRequest("other"), "k");
    assert.deepEqual(stateOf(other), [201, "FAILED"]);
    assert.match(textAt(other.body, "reason") ?? "", /idempotency key was used/);
    assert.equal((await remove(lost, id)).status, 200);
    assert.ok(lost.fake.objects.get("sparkapplications", "team-a", id), "what is another's stays");
  },
);
