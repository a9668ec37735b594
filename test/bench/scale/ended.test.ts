import assert from "node:assert/strict";
import { test } from "node:test";

import { crdErrors } from "../../support/crd-schema.ts";
import { kubeOf } from "../../support/kube-server.ts";
import { countLeft, endedApplication, endedStatus, putEnded } from "./ended.ts";

test("what is put is an application of the gateway's with a status that its kind allows", () => {
  const ended = new Date("2026-11-28T22:00:00.123Z");
  const status = endedStatus("one", ended);
  const application = { ...endedApplication("jobs", "one"), status };
  assert.deepEqual(crdErrors({ ...application, kind: "SparkApplication" }), []);
  assert.match(JSON.stringify(application), /"spark-platform\/submitted-by":"gateway"/);
  // As the operator writes times, or it would find something to write.
  assert.equal(status["terminationTime"], "2026-11-28T22:00:00Z");
  assert.equal(status["lastSubmissionAttemptTime"], "2026-11-28T21:59:00Z");
});

test("each number is put once, in turn into the namespaces, and has ended", async (t) => {
  const seen: string[] = [];
  const kube = await kubeOf(t, (request, response) => {
    const path = String(request.url).replace("/apis/sparkoperator.k8s.io/v1beta2/namespaces/", "");
    seen.push(`${String(request.method)} ${path}`);
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end("{}"));
  });
  await putEnded(kube, ["a", "b"], 3, 6);
  assert.deepEqual(seen.sort(), [
    "PATCH a/sparkapplications/ended-4/status",
    "PATCH b/sparkapplications/ended-3/status",
    "PATCH b/sparkapplications/ended-5/status",
    "POST a/sparkapplications",
    "POST b/sparkapplications",
    "POST b/sparkapplications",
  ]);
});

test("those that are left are the one on the page and what remains", async (t) => {
  const pages = [
    { metadata: { remainingItemCount: 41 }, items: [{}] },
    { metadata: {}, items: [] },
  ];
  const kube = await kubeOf(t, (_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(pages.shift()));
  });
  assert.equal(await countLeft(kube, "jobs"), 42);
  assert.equal(await countLeft(kube, "jobs"), 0);
});
