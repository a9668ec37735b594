import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { condition, listAt, textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Api } from "../api.ts";
import { sparkGroup, sparkRef } from "../applications.ts";
import { uri } from "../deliveries.ts";
import { gatewayPods, upWithGateway } from "../gateway.ts";
import { E2ePlatform, report } from "../platform.ts";
import { team } from "../stack.ts";
import { submission, Submitter } from "../submitter.ts";

const lines = 20;

/** Writes lines to its log, some of them from an executor's work. */
const hello = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
for number in range(${lines}):
    print("hello", number, spark.range(10).count(), flush=True)
spark.stop()
`;
const endless = `
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("it runs", flush=True)
time.sleep(3600)
`;

describe("jobs by the gateway", () => {
  let platform: E2ePlatform;
  let api: Api;
  let ann: Submitter;
  let bob: Submitter;

  before(async () => {
    platform = await E2ePlatform.open("e2e-gateway-jobs");
    const opened = await upWithGateway(platform);
    api = opened.api;
    ann = new Submitter(api, await api.join(opened.admin, "ann", "user"));
    bob = new Submitter(api, await api.join(opened.admin, "bob", "user"));
  });
  after(async () => {
    await platform.close();
  });

  const greeted = (log: string): number =>
    log.split("\n").filter((line) => /hello \d+ 10$/.test(line)).length;

  it("runs code that comes in a request, once, however often it is sent", async () => {
    const id = await ann.submit(submission("hello", hello), "hello-1");
    assert.equal(await ann.submit(submission("hello", hello), "hello-1"), id);
    const other = await api.call("POST", "/v1/applications", {
      token: ann.token,
      headers: { "idempotency-key": "hello-1" },
      body: submission("hello", endless),
    });
    assert.deepEqual([other.status, textAt(other.body, "code")], [422, "idempotency-key-reused"]);

    const events = await ann.followed(id);
    assert.equal(greeted(events), lines);
    assert.match(events, /^event: end$/m);
    const seen = await ann.reaches(id, "SUCCEEDED");
    const states = listAt(seen, "states").map((each) => textAt(each, "state"));
    report(`${id}: ${states.join(", ")}`);
    assert.deepEqual([states[0], states.at(-1)], ["QUEUED", "SUCCEEDED"]);

    for (const path of ["", "/logs", "/events"]) {
      const foreign = await api.call("GET", `/v1/applications/${id}${path}`, { token: bob.token });
      assert.equal(foreign.status, 404, path);
    }
  });

  it("keeps the log once the pod is gone", async () => {
    const listed = await api.ok("GET", "/v1/applications?state=SUCCEEDED", { token: ann.token });
    const id = textAt(listAt(listed, "items")[0], "id") ?? "";
    await platform.kube.remove({ apiVersion: "v1", kind: "Pod", namespace: team, name: `${id}-driver` });
    await until("the pod to be gone", 60_000, async () => {
      const pods = await platform.kube.list("v1", "Pod", { namespace: team });
      const names = pods.map((pod) => textAt(pod, "metadata", "name") ?? "");
      return names.includes(`${id}-driver`) ? { waiting: names.join(" ") } : { done: undefined };
    });
    assert.equal(greeted(await ann.log(id)), lines);
  });

  it("loses no job and runs none twice while it is killed in the middle", async () => {
    const keys = ["kill-1", "kill-2", "kill-3"];
    const { namespace } = gatewayPods;
    const [pod] = await platform.kube.list("v1", "Pod", { namespace });
    const name = textAt(pod, "metadata", "name") ?? "";
    const path = await platform.kube.pathOf({
      apiVersion: "v1",
      kind: "Pod",
      namespace,
      name,
    });
    // Without a moment's grace: nothing is finished, nothing is handed over.
    const killed = platform.kube.request("DELETE", path, { body: { gracePeriodSeconds: 0 } });
    const ids = await Promise.all(
      keys.map((key) =>
        until(`an answer for ${key}`, 180_000, async () => {
          try {
            return { done: await ann.submit(submission("hello", hello), key) };
          } catch (error) {
            return { waiting: String(error) };
          }
        }),
      ),
    );
    await killed;
    await until("another gateway in its place, and the way to it", 120_000, async () => {
      const pods = await platform.kube.list("v1", "Pod", { namespace });
      const ready = pods.filter((each) => condition(each, "Ready")?.status === "True");
      const names = ready.map((each) => textAt(each, "metadata", "name") ?? "");
      if (names.length !== 1 || names.includes(name)) return { waiting: names.join(" ") };
      // The node's rules follow a pod that is ready by a moment.
      return ann.read(ids[0] ?? "").then(
        (done) => ({ done }),
        (error: unknown) => ({ waiting: String(error) }),
      );
    });
    assert.equal(new Set(ids).size, keys.length);
    for (const id of ids) await ann.reaches(id, "SUCCEEDED");
    const applications = await platform.kube.list(sparkGroup, "SparkApplication", { namespace: team });
    const found = applications.map((each) => textAt(each, "metadata", "name") ?? "");
    assert.deepEqual(found.filter((each) => ids.includes(each)).sort(), [...ids].sort());
    // One from the first test, and none besides.
    assert.equal(found.length, keys.length + 1, found.join(" "));
  });

  it("says why a job failed, and what to do", async () => {
    const id = await ann.submit(
      { namespace: team, job: { name: "missing", mainFile: uri("code/missing.py") } },
      "m-1",
    );
    const seen = await ann.reaches(id, "FAILED");
    report(`${textAt(seen, "reason") ?? ""} | ${textAt(seen, "hint") ?? ""}`);
    assert.match(textAt(seen, "reason") ?? "", /missing\.py/);
    assert.ok(textAt(seen, "hint"));
  });

  it("cancels a job that runs", async () => {
    const id = await ann.submit(submission("endless", endless), "e-1");
    await ann.reaches(id, "RUNNING");
    await api.ok("POST", `/v1/applications/${id}:cancel`, { token: ann.token });
    await ann.reaches(id, "CANCELLED");
    assert.equal(await platform.kube.find(sparkRef(team, id)), undefined);
  });
});
