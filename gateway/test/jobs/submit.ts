import assert from "node:assert/strict";
import { test } from "node:test";

import { at, recordAt, textAt } from "../../../local/kube/json.ts";
import { annotations } from "../../src/jobs/application.ts";
import { statesOf } from "../../src/jobs/applications-store.ts";
import { newClient, refusedWith } from "../support/gateway.ts";
import { sampleRequest, startSubmitting } from "../support/submitting.ts";
import { testOnStores } from "../support/stores.ts";
import { created, idOf, rowOf, stateOf } from "../support/submitted-jobs.ts";

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
