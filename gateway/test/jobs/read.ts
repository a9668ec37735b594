import assert from "node:assert/strict";

import { at, listAt, numberAt, textAt } from "../../../local/kube/json.ts";
import { recordState } from "../../src/jobs/applications-store.ts";
import { refusedWith } from "../support/gateway.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";
import { startReading, type ReadScene } from "../support/reading.ts";

/** The ids on one page, or on all of them. */
async function idsOf(
  { gateway }: ReadScene,
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
    const scene = await startReading(context, kind);
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
    const { gateway, alice, bob, admin } = await startReading(context, kind);
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
      uiUrl: "https://spark.test:30443/ui/team-a/mine/",
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
        "https://spark.test:30443/ui/team-a/mine/history/spark-1f/",
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
