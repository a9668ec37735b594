import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import fc from "fast-check";

import { standardDefaults } from "../../../jobs/manifest/index.ts";
import { at, listAt, numberAt, recordAt, textAt } from "../../../test/support/kube-json.ts";
import { defaultJob } from "../../src/jobs/default-job.ts";
import { recordState } from "../../src/jobs/applications-store.ts";
import { readRoutes } from "../../src/jobs/read-routes.ts";
import { prepareSubmission } from "../../src/jobs/submission.ts";
import type { Platform } from "../../src/platform.ts";
import type { StoreKind } from "../../src/store/store.ts";
import { startFakeCluster } from "../support/fake-cluster.ts";
import { firstAdmin, gatewayOn, newClient, refusedWith, type TestGateway } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

interface Scene {
  readonly gateway: TestGateway;
  readonly alice: string;
  readonly bob: string;
  readonly admin: string;
}

async function start(
  context: TestContext,
  kind: StoreKind = "sqlite",
  platform: Platform = samplePlatform({ historyUrl: "https://history.test/" }),
): Promise<Scene> {
  const { cluster } = await startFakeCluster(context);
  const store = await open(context, await newLocation(context, kind));
  const gateway = await gatewayOn(context, store, {
    routes: (v1) => {
      readRoutes(v1, { store, cluster, platform, now: () => 0, logger: v1.log });
    },
  });
  return {
    gateway,
    alice: (await newClient(gateway, "alice", "user")).accessToken,
    bob: (await newClient(gateway, "bob", "user")).accessToken,
    admin: (await firstAdmin(gateway)).accessToken,
  };
}

/** The ids on one page, or on all of them. */
async function idsOf(
  { gateway }: Scene,
  token: string,
  query = "",
): Promise<readonly (string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const url = `/v1/applications?limit=2${query}${cursor === undefined ? "" : `&cursor=${cursor}`}`;
    const { status, body } = await gateway.call("GET", url, { token });
    assert.equal(status, 200, JSON.stringify(body));
    ids.push(...listAt(body, "items").map((item) => textAt(item, "id")));
    cursor = textAt(body, "nextCursor");
  } while (cursor !== undefined);
  return ids;
}

const day = (number: number): number => Date.UTC(2026, 10, number);

testOnStores(
  "users list their own, admins all, newest first, by what they ask for",
  async (context, kind) => {
    const scene = await start(context, kind);
    const { gateway, alice, bob, admin } = scene;
    const add = (id: string, given: object): Promise<void> => addApplication(gateway.store, { id, ...given });
    await add("a-old", { submitted_at: day(1), state: "SUCCEEDED" });
    await add("a-queued", { submitted_at: day(3), state: "QUEUED" });
    await add("a-run", { submitted_at: day(3), state: "RUNNING", namespace: "team-b" });
    await add("b-run", { submitted_at: day(2), state: "RUNNING", owner: "bob" });
    await add("a-gone", { submitted_at: day(4), state: "FAILED", deleted_at: day(5) });
    assert.deepEqual(await idsOf(scene, alice), ["a-run", "a-queued", "a-old"]);
    assert.deepEqual(await idsOf(scene, bob), ["b-run"]);
    assert.deepEqual(await idsOf(scene, admin), ["a-run", "a-queued", "b-run", "a-old"]);

    assert.deepEqual(await idsOf(scene, admin, "&owner=bob"), ["b-run"]);
    assert.deepEqual(await idsOf(scene, alice, "&owner=alice"), ["a-run", "a-queued", "a-old"]);
    assert.deepEqual(await idsOf(scene, alice, "&owner=bob"), []);
    assert.deepEqual(await idsOf(scene, alice, "&namespace=team-b"), ["a-run"]);
    assert.deepEqual(await idsOf(scene, alice, "&state=QUEUED,SUCCEEDED"), ["a-queued", "a-old"]);
    assert.deepEqual(await idsOf(scene, alice, "&state=QUEUED&state=RUNNING"), ["a-run", "a-queued"]);
    assert.deepEqual(await idsOf(scene, admin, "&state=RUNNING&since=2026-11-03T00:00:00Z"), ["a-run"]);
    assert.deepEqual(await idsOf(scene, admin, "&since=2026-11-03T00:00:00.001Z"), []);
    for (const query of [
      "state=queued",
      "state=",
      "since=yesterday",
      "owner=%00",
      "limit=0",
      "cursor=WzAsIgAiXQ",
      "x=1",
    ]) {
      refusedWith(await gateway.call("GET", `/v1/applications?${query}`, { token: admin }), "invalid-input");
    }
  },
);

testOnStores(
  "an application is told with its states, its place in the queue and its history",
  async (context, kind) => {
    const { gateway, alice, bob, admin } = await start(context, kind);
    const { store } = gateway;
    const job = { name: "word-count", arguments: ["a", 1, true] };
    await addApplication(store, { id: "first", submitted_at: day(1), owner: "bob" });
    await addApplication(store, {
      id: "mine",
      submitted_at: day(2),
      name: "word-count",
      job: JSON.stringify(job),
    });
    const read = async (id: string, token = alice): Promise<unknown> => {
      const { status, body } = await gateway.call("GET", `/v1/applications/${id}`, { token });
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const queued = await read("mine");
    assert.deepEqual(queued, {
      id: "mine",
      name: "word-count",
      cluster: "test",
      namespace: "team-a",
      owner: "alice",
      state: "QUEUED",
      reason: null,
      hint: null,
      sparkVersion: "4.0.4",
      sparkId: null,
      attempts: 0,
      submittedAt: "2026-11-02T00:00:00.000Z",
      startedAt: null,
      endedAt: null,
      historyUrl: null,
      uiUrl: "https://history.test/ui/team-a/mine/",
      queuePosition: 2,
      states: [{ state: "QUEUED", at: "2026-11-02T00:00:00.000Z", reason: null }],
      job,
    });

    await store.db
      .updateTable("applications")
      .set({ created_at: day(2) })
      .where("id", "=", "mine")
      .execute();
    const facts = { spark_id: "spark-1f", attempts: 2, started_at: day(3) };
    await recordState(store.db, "mine", { state: "RUNNING", at: day(3), facts });
    await recordState(store.db, "mine", {
      state: "FAILED",
      at: day(4),
      reason: "exit code 1",
      hint: "read the log",
    });
    const failed = await read("mine", admin);
    assert.deepEqual(
      ["state", "reason", "hint", "historyUrl", "startedAt", "endedAt"].map((field) => textAt(failed, field)),
      [
        "FAILED",
        "exit code 1",
        "read the log",
        "https://history.test/history/spark-1f/",
        "2026-11-03T00:00:00.000Z",
        "2026-11-04T00:00:00.000Z",
      ],
    );
    assert.equal(numberAt(failed, "attempts"), 2);
    assert.equal(at(failed, "queuePosition"), null);
    assert.deepEqual(
      listAt(failed, "states").map((state) => [textAt(state, "state"), at(state, "reason")]),
      [
        ["QUEUED", null],
        ["RUNNING", null],
        ["FAILED", "exit code 1"],
      ],
    );

    refusedWith(await gateway.call("GET", "/v1/applications/mine", { token: bob }), "not-found");
    refusedWith(await gateway.call("GET", "/v1/applications/none", { token: admin }), "not-found");
    await store.db
      .updateTable("applications")
      .set({ deleted_at: day(5) })
      .where("id", "=", "mine")
      .execute();
    refusedWith(await gateway.call("GET", "/v1/applications/mine", { token: alice }), "not-found");
  },
);

test("validate says what a submission becomes, or all that is wrong, and changes nothing", async (context) => {
  const { gateway, alice } = await start(context);
  const validate = async (body: object): Promise<unknown> => {
    const answer = await gateway.call("POST", "/v1/applications:validate", { token: alice, body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const right = await validate({ namespace: "team-b", job: { name: "j", mainFile: "s3a://data/main.py" } });
  assert.deepEqual([at(right, "valid"), at(right, "violations")], [true, []]);
  assert.equal(textAt(right, "manifest", "spec", "driver", "serviceAccount"), "spark-b");
  assert.equal(textAt(right, "manifest", "metadata", "annotations", "spark-platform/owner"), "alice");
  const wrong = await validate({ namespace: "x", job: { name: "J" } });
  assert.equal(at(wrong, "valid"), false);
  assert.equal(at(wrong, "manifest"), undefined);
  assert.deepEqual(
    listAt(wrong, "violations").map((violation) => textAt(violation, "path")),
    ["namespace", "job.name", "job.mainFile"],
  );
  // As large as code may be in a request.
  const file = { name: "main.py", text: "\n".repeat(900 * 1024) };
  assert.equal(
    at(await validate({ namespace: "team-a", job: { name: "j" }, code: { file } }), "valid"),
    true,
  );
  refusedWith(
    await gateway.call("POST", "/v1/applications:validate", { token: alice, body: [] }),
    "invalid-input",
  );
  assert.deepEqual(await gateway.store.db.selectFrom("applications").selectAll().execute(), []);
});

test("clusters are told with what jobs have by default and what may be said of them", async (context) => {
  const { gateway, alice } = await start(context);
  const cluster = { name: "test", namespaces: ["team-a", "team-b"], sparkVersions: ["4.0.4", "3.5.8"] };
  const list = await gateway.call("GET", "/v1/clusters", { token: alice });
  assert.deepEqual(list.body, { items: [cluster] });
  const { body } = await gateway.call("GET", "/v1/clusters/test/manifest", { token: alice });
  assert.deepEqual(at(body, "cluster"), cluster);
  assert.deepEqual(at(body, "job", "executor"), { cores: 1, memory: "1g", instances: 1 });
  assert.equal(numberAt(body, "job", "timeToLiveSeconds"), 3600);
  const properties = recordAt(body, "schema", "properties", "job", "properties");
  assert.match(textAt(properties, "mainFile", "description") ?? "", /s3a/);
  assert.equal(at(properties, "schedule"), undefined);
  refusedWith(await gateway.call("GET", "/v1/clusters/other/manifest", { token: alice }), "not-found");
});

test("what a job has by default may be sent back with a name and a program, and changes nothing", () => {
  const defaults = fc.record({
    dynamic: fc.boolean(),
    policy: fc.constantFrom("Never" as const, "OnFailure" as const, "Always" as const),
    // Some that users may set, and some that they may not.
    sparkConf: fc.dictionary(
      fc.constantFrom("spark.sql.shuffle.partitions", "spark.kubernetes.x", "spark.driver.extraJavaOptions"),
      fc.constantFrom("1", "-Xmx1g", "-Dspark.x=1", "${env:X}"),
    ),
    env: fc.dictionary(fc.constantFrom("STAGE", "AWS_REGION", "SPARK_USER"), fc.constantFrom("a", "")),
    timeToLiveSeconds: fc.constantFrom(60, 600, 7200),
  });
  fc.assert(
    fc.property(defaults, ({ dynamic, policy, ...given }) => {
      const jobDefaults = {
        ...standardDefaults,
        ...given,
        dynamicAllocation: { ...standardDefaults.dynamicAllocation, enabled: dynamic },
        restart: { ...standardDefaults.restart, policy },
      };
      const platform = samplePlatform({ jobDefaults });
      const prepare = (job: object): ReturnType<typeof prepareSubmission> =>
        prepareSubmission({
          body: { namespace: "team-a", job: { name: "j", mainFile: "s3a://data/main.py", ...job } },
          owner: "alice",
          idempotencyKey: "k",
          platform,
        });
      const [laidOut, bare] = [prepare(defaultJob(platform.jobDefaults)), prepare({})];
      assert.ok(laidOut.ok, JSON.stringify(laidOut));
      assert.ok(bare.ok);
      assert.deepEqual(laidOut.value.manifest.spec, bare.value.manifest.spec);
    }),
  );
});
