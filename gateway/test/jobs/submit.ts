import assert from "node:assert/strict";
import { test } from "node:test";

import { at, numberAt, recordAt, textAt } from "../../../test/support/kube-json.ts";
import { annotations } from "../../src/jobs/application.ts";
import { recordState, statesOf } from "../../src/jobs/applications-store.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import { eventually } from "../support/eventually.ts";
import { newClient, refusedWith, type Answer } from "../support/gateway.ts";
import { sampleRequest, startSubmitting, type SubmitScene } from "../support/submitting.ts";
import { testOnStores } from "../support/stores.ts";

const idOf = ({ body }: Answer): string => textAt(body, "id") ?? assert.fail(JSON.stringify(body));
const stateOf = ({ status, body }: Answer): readonly [number, string | undefined] => [
  status,
  textAt(body, "state"),
];
const rowOf = ({ store }: SubmitScene, id: string): Promise<ApplicationRow> =>
  store.db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const cancel = ({ gateway, token }: SubmitScene, id: string): Promise<Answer> =>
  gateway.call("POST", `/v1/applications/${id}:cancel`, { token });
const remove = ({ gateway, token }: SubmitScene, id: string): Promise<Answer> =>
  gateway.call("DELETE", `/v1/applications/${id}`, { token });
/** Lets the dispatcher's time pass until it has done that; the jobs' clock stays. */
const untilSubmitted = (scene: SubmitScene, id: string): Promise<void> =>
  eventually(`${id} is submitted`, async () => {
    scene.pace.advance(5000);
    return (await rowOf(scene, id)).state === "SUBMITTED";
  });
const created = ({ fake }: SubmitScene): number =>
  fake.requests.filter((request) => request === "POST sparkapplications").length;

testOnStores(
  "a job is in the cluster with its code when its submission is answered",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const { fake, store } = scene;
    const answer = await scene.submit(sampleRequest(), "nightly 24");
    assert.deepEqual(stateOf(answer), [201, "SUBMITTED"]);
    const id = idOf(answer);
    assert.equal(answer.headers["location"], `/v1/applications/${id}`);
    assert.equal(answer.headers["idempotency-key"], "nightly 24");
    const application = fake.objects.get("sparkapplications", "team-a", id);
    assert.equal(at(application, "metadata", "annotations", annotations.owner), "alice");
    const code = fake.objects.get("configmaps", "team-a", id);
    assert.deepEqual(recordAt(code, "data"), { "main.py": "print(1)\n" });
    const owners = at(code, "metadata", "ownerReferences");
    assert.equal(
      textAt(Array.isArray(owners) ? owners[0] : {}, "uid"),
      textAt(application, "metadata", "uid"),
    );
    const row = await rowOf(scene, id);
    assert.equal(row.code, null);
    assert.equal(row.uid, textAt(application, "metadata", "uid"));
    assert.deepEqual(
      (await statesOf(store.db, id)).map(({ state }) => state),
      ["QUEUED", "SUBMITTED"],
    );
  },
);

testOnStores(
  "the same request with its key is the same application; another is refused",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind);
    const first = await scene.submit(sampleRequest(), "k");
    const [second, third] = await Promise.all([
      scene.submit(sampleRequest(), "k"),
      scene.submit(sampleRequest(), "k"),
    ]);
    assert.deepEqual([second, third].map(stateOf), [
      [200, "SUBMITTED"],
      [200, "SUBMITTED"],
    ]);
    assert.deepEqual([second, third].map(idOf), [idOf(first), idOf(first)]);
    assert.equal(created(scene), 1);
    refusedWith(await scene.submit(sampleRequest("other"), "k"), "idempotency-key-reused");
    const bob = await newClient(scene.gateway, "bob", "user");
    const bobs = await scene.submit(sampleRequest(), "k", bob.accessToken);
    assert.equal(bobs.status, 201);
    assert.notEqual(idOf(bobs), idOf(first));
  },
);

testOnStores("ten requests with one key at once are one application", async (context, kind) => {
  const scene = await startSubmitting(context, kind);
  const answers = await Promise.all(Array.from({ length: 10 }, () => scene.submit(sampleRequest(), "k")));
  assert.equal(new Set(answers.map(idOf)).size, 1);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array<number>(9).fill(200), 201]);
  assert.equal(created(scene), 1);
});

test("without a key each request is an application, and its key is answered for retries", async (context) => {
  const scene = await startSubmitting(context, "sqlite");
  const first = await scene.submit();
  const second = await scene.submit();
  assert.notEqual(idOf(first), idOf(second));
  const retried = await scene.submit(sampleRequest(), String(first.headers["idempotency-key"]));
  assert.deepEqual([retried.status, idOf(retried)], [200, idOf(first)]);
});

test("all that is wrong with a request is said at once, and nothing is kept of it", async (context) => {
  const scene = await startSubmitting(context, "sqlite");
  const { gateway, token } = scene;
  const wrong = await scene.submit({ namespace: "kube-system", job: { name: "A", serviceAccount: "x" } });
  refusedWith(wrong, "invalid-input");
  const text = JSON.stringify(wrong.body);
  for (const path of ["namespace", "job.name", "job.serviceAccount"])
    assert.ok(text.includes(`"${path}"`), text);
  refusedWith(await scene.submit(sampleRequest(), "k".repeat(201)), "invalid-input");
  refusedWith(await scene.submit(sampleRequest(), "\u00e9"), "invalid-input");
  refusedWith(await scene.submit(sampleRequest(), ""), "invalid-input");
  refusedWith(await gateway.call("POST", "/v1/applications", { token, body: "[]" }), "invalid-input");
  refusedWith(await gateway.call("POST", "/v1/applications", { token }), "invalid-input");
  assert.deepEqual(await scene.store.db.selectFrom("applications").select("id").execute(), []);
});

test("code that is to be uploaded before must be there, but for a retry", async (context) => {
  const uploaded = { is: false };
  const storage = { bucket: "data", region: "eu-west-1", pathStyle: false, uploads: "store" };
  const has = (): Promise<boolean> => Promise.resolve(uploaded.is);
  const scene = await startSubmitting(context, "sqlite", { storage, has });
  const body = {
    namespace: "team-a",
    job: { name: "etl" },
    code: { upload: { main: "a".repeat(64), modules: "b".repeat(64) } },
  };
  const missing = await scene.submit(body, "k");
  refusedWith(missing, "invalid-input");
  assert.match(JSON.stringify(missing.body), /code\.upload\.main.*code\.upload\.modules/);
  uploaded.is = true;
  assert.equal((await scene.submit(body, "k")).status, 201);
  uploaded.is = false;
  assert.equal((await scene.submit(body, "k")).status, 200);
});

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

test("submissions are counted by what became of them, with those that wait", async (context) => {
  const scene = await startSubmitting(context, "sqlite", { limits: { perMinute: 1 } });
  await scene.submit(sampleRequest(), "a");
  await scene.submit(sampleRequest(), "a");
  await scene.submit(sampleRequest(), "b");
  const text = await scene.registry.metrics();
  for (const line of [
    'spark_gateway_submissions_total{outcome="submitted"} 1',
    'spark_gateway_submissions_total{outcome="repeated"} 1',
    'spark_gateway_submissions_total{outcome="queued"} 1',
    "spark_gateway_queue_length 1",
    'spark_gateway_dispatch_seconds_count{outcome="submitted"} 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
});

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
