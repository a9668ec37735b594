import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { crdErrors } from "../../support/crd-schema.ts";
import { kubeOf } from "../../support/kube-server.ts";
import { recordAt } from "../../../local/kube/json.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import { burst, unschedulable } from "./burst.ts";

test("the applications of a burst are right, and no node can have their drivers", () => {
  const application = unschedulable("jobs", "one");
  assert.deepEqual(crdErrors({ ...application, kind: "SparkApplication" }), []);
  assert.deepEqual(recordAt(application, "spec", "driver", "nodeSelector"), {
    "spark-platform/bench": "no-node",
  });
});

/** An API server whose operator makes one driver between two looks, or sets the state of all applications. */
async function cluster(t: TestContext, state?: string): Promise<{ kube: Kube; left: () => number }> {
  let applications = 0;
  let pods = 0;
  const kube = await kubeOf(t, (request, response) => {
    const ofPods = request.url?.endsWith("/pods") === true;
    if (request.method === "POST") applications++;
    if (request.method === "DELETE" && ofPods) pods = 0;
    if (request.method === "DELETE" && !ofPods) applications = 0;
    if (request.method === "GET" && ofPods && state === undefined && pods < applications) pods++;
    const items = Array.from({ length: ofPods ? pods : applications }, () => ({
      status: { applicationState: { state: state ?? "SUBMITTED", errorMessage: "no connection" } },
    }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ items }));
  });
  return { kube, left: () => applications + pods };
}

test("a burst ends with the last driver, and leaves nothing", async (t) => {
  const { kube, left } = await cluster(t);
  const { first, last } = await burst(kube, "jobs", { created: 3, awaited: 3 });
  // Two looks lie between the first driver and the third.
  assert.ok(last - first > 0.4, `${first} and ${last}`);
  assert.equal(left(), 0);
});

test("of many, a burst may wait for the first ones, and leaves nothing of the others", async (t) => {
  const { kube, left } = await cluster(t);
  const { first, last } = await burst(kube, "jobs", { created: 50, awaited: 2 });
  assert.ok(first < last);
  assert.equal(left(), 0);
});

test("an application that failed for good ends the burst with its reason, and nothing is left", async (t) => {
  const { kube, left } = await cluster(t, "FAILED");
  await assert.rejects(
    burst(kube, "jobs", { created: 2, awaited: 2 }),
    /an application failed: no connection/,
  );
  assert.equal(left(), 0);
});
