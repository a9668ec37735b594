import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../src/errors/problem.ts";
import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { linesOf } from "../../src/kubernetes/lines.ts";
import { kubeConfigOf, startFakeCluster, type Fault } from "../support/fake-cluster.ts";
import { sampleApplication } from "../support/job-samples.ts";

const isProblem =
  (code: string, message?: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };

test("an application is created once: the second gets the first's", async (context) => {
  const { cluster, objects } = await startFakeCluster(context);
  const first = await cluster.createApplication(sampleApplication("word-count"));
  const second = await cluster.createApplication(sampleApplication("word-count"));
  assert.deepEqual([first.existed, second.existed], [false, true]);
  assert.equal(second.application.metadata.uid, first.application.metadata.uid);
  assert.equal(objects.list("sparkapplications").length, 1);
  const found = await cluster.getApplication("team-a", "word-count");
  assert.equal(found?.metadata.annotations["spark-platform/owner"], "alice");
  assert.equal(await cluster.getApplication("team-a", "other"), undefined);
});

test("deleting takes the code along, is done with what is gone, and spares another of the same name", async (context) => {
  const { cluster, objects } = await startFakeCluster(context);
  const { application } = await cluster.createApplication(sampleApplication("word-count"));
  const { name, uid } = application.metadata;
  const code = { namespace: "team-a", name: "word-count-code", data: { "main.py": "1" }, binaryData: {} };
  await cluster.createConfigMap({ ...code, owner: { name, uid } });
  await cluster.createConfigMap({ ...code, owner: { name, uid } });
  assert.equal(objects.list("configmaps").length, 1);
  await assert.rejects(
    cluster.createConfigMap({ ...code, owner: { name, uid: "another" } }),
    isProblem("cluster-unavailable", /earlier application/),
  );
  await cluster.deleteApplication("team-a", name, "another");
  assert.equal(objects.list("sparkapplications").length, 1);
  await cluster.deleteApplication("team-a", name, uid);
  await cluster.deleteApplication("team-a", name, uid);
  assert.deepEqual([...objects.list("sparkapplications"), ...objects.list("configmaps")], []);
});

test("a list is read page by page, and only what is asked for", async (context) => {
  const { cluster, objects, requests } = await startFakeCluster(context);
  const put = (name: string, namespace: string, labels: object): void =>
    void objects.put("pods", { metadata: { namespace, name, labels } });
  for (let count = 0; count < 1001; count++) put(`pod-${count}`, "team-a", { of: "a" });
  put("elsewhere", "team-b", { of: "a" });
  put("other", "team-a", { of: "b" });
  assert.equal((await cluster.listPods("team-a", "of=a")).length, 1001);
  assert.equal(requests.length, 3);
  assert.equal((await cluster.findPod("team-a", "other"))?.metadata.name, "other");
  assert.equal(await cluster.findPod("team-a", "elsewhere"), undefined);
});

test("a log comes as it grows, from where it is asked, and an end that is no end is told", async (context) => {
  const fake = await startFakeCluster(context);
  const { cluster, logs } = fake;
  const log = { lines: ["2026-11-24T12:00:00.1Z one", "2026-11-24T12:00:00.2Z two"], ended: false };
  logs.set("team-a/word-count-driver/spark-kubernetes-driver", log);
  const read = (options: object): ReturnType<typeof cluster.podLog> =>
    cluster.podLog("team-a", "word-count-driver", "spark-kubernetes-driver", options);
  const lines: string[] = [];
  for await (const line of linesOf(await read({ follow: true, timestamps: true }))) {
    lines.push(line);
    if (lines.length === 2) log.lines.push("2026-11-24T12:00:00.3Z three");
    if (lines.length === 3) log.ended = true;
  }
  assert.deepEqual(lines, log.lines);
  const tail: string[] = [];
  for await (const line of linesOf(await read({ tailLines: 1 }))) tail.push(line);
  assert.deepEqual(tail, ["three"]);
  log.ended = false;
  const broken = linesOf(await read({ follow: true, tailLines: 1 }));
  assert.equal((await broken.next()).value, "three");
  fake.dropConnections();
  await assert.rejects(broken.next());
  await assert.rejects(
    cluster.podLog("team-a", "gone", "spark-kubernetes-driver", {}),
    isProblem("refused-by-cluster", /not found/),
  );
});

for (const [what, fault, code, message] of [
  ["a quota", { status: 403, message: "exceeded quota: jobs" }, "refused-by-cluster", /exceeded quota: jobs/],
  ["an admission policy", { status: 422, message: "denied: no" }, "refused-by-cluster", /denied: no/],
  ["too many requests", { status: 429, message: "slow down" }, "cluster-unavailable", /try again/],
  ["a fault", { status: 500, message: "etcd is down" }, "cluster-unavailable", /try again/],
  ["a dropped connection", "drop", "cluster-unavailable", /try again/],
  ["silence", "hang", "cluster-unavailable", /try again/],
] as const satisfies readonly (readonly [string, Fault, string, RegExp])[]) {
  test(`${what} is told as ${code}`, async (context) => {
    const fake = await startFakeCluster(context, 300);
    fake.fault = () => fault;
    const isIt = isProblem(code, message);
    await assert.rejects(fake.cluster.createApplication(sampleApplication("word-count")), isIt);
    await assert.rejects(fake.cluster.getApplication("team-a", "word-count"), isIt);
    await assert.rejects(fake.cluster.podLog("team-a", "word-count", "driver", {}), isIt);
  });
}

test("an API server that is not there, or is none, is told as cluster-unavailable", async (context) => {
  const nobody = new KubernetesCluster(kubeConfigOf("http://127.0.0.1:1"), 1000);
  await assert.rejects(nobody.getApplication("team-a", "a"), isProblem("cluster-unavailable"));
  const fake = await startFakeCluster(context);
  fake.objects.put("sparkapplications", { metadata: { namespace: "team-a", name: "a", uid: 5 } });
  await assert.rejects(fake.cluster.getApplication("team-a", "a"), isProblem("cluster-unavailable"));
});

test("connections are used again", async (context) => {
  const fake = await startFakeCluster(context);
  let connections = 0;
  fake.server.on("connection", () => (connections += 1));
  for (let count = 0; count < 10; count++) await fake.cluster.getApplication("team-a", "a");
  assert.equal(connections, 1);
});
