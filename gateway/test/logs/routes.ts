import assert from "node:assert/strict";
import { test } from "node:test";

import { refusedWith } from "../support/gateway.ts";
import { sparkSpec } from "../support/kube-objects.ts";
import {
  id,
  logName,
  memoryArchive,
  podName,
  putApplication,
  putPod,
  stamped,
  startLogs,
} from "../support/log-scene.ts";
import { testOnStores } from "../support/stores.ts";
import { running, stampedLines, url } from "../support/stamped-lines.ts";

testOnStores(
  "a log is read as it is, from the pod and afterwards from the archive",
  async (context, kind) => {
    const archived = new Map([[`${id}/${podName(2)}`, `${stamped(7)}\n${stamped(8)}\n`]]);
    const { gateway, store, fake, token, clock } = await startLogs(context, kind, {
      archive: memoryArchive(archived),
    });
    await putApplication(store);
    const read = async (query: string): Promise<unknown> => {
      const { status, body, headers } = await gateway.call("GET", url + query, { token });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(headers["content-type"], "text/plain; charset=utf-8");
      return body;
    };
    refusedWith(await gateway.call("GET", url, { token }), "log-not-ready");
    putPod(fake, "driver", { waiting: { reason: "ContainerCreating" } });
    refusedWith(await gateway.call("GET", url, { token }), "log-not-ready");
    putPod(fake, "driver", running);
    putPod(fake, 1, running);
    fake.logs.set(logName("driver"), { lines: stampedLines(3), ended: false });
    fake.logs.set(logName(1), { lines: [stamped(5)], ended: false });
    assert.equal(await read(""), "line 0\nline 1\nline 2\n");
    assert.equal(await read("?tailLines=1"), "line 2\n");
    assert.equal(await read("?timestamps=true&tailLines=1"), `${stamped(2)}\n`);
    assert.equal(await read("?pod=executor-1"), "line 5\n");
    assert.equal(await read("?pod=1"), "line 5\n");
    assert.equal(await read("?pod=2"), "line 7\nline 8\n");
    assert.equal(await read("?pod=2&tailLines=1&timestamps=true"), `${stamped(8)}\n`);
    fake.objects.remove("pods", "team-a", podName("driver"));
    refusedWith(await gateway.call("GET", url, { token }), "log-not-ready");
    await store.db.updateTable("applications").set({ state: "SUCCEEDED", ended_at: 1000 }).execute();
    clock.now = 30_000;
    refusedWith(await gateway.call("GET", url, { token }), "log-not-ready");
    archived.set(`${id}/${podName("driver")}`, `${stamped(0)}\n`);
    assert.equal(await read(""), "line 0\n");
    archived.clear();
    clock.now = 100_000;
    refusedWith(await gateway.call("GET", url, { token }), "not-found");
  },
);

test("what is no log is refused before a stream begins", async (context) => {
  const { gateway, store, fake, token } = await startLogs(context, "sqlite");
  refusedWith(await gateway.call("GET", url, { token }), "not-found");
  await putApplication(store, { state: "FAILED", ended_at: 0 });
  const events = { accept: "text/event-stream" };
  refusedWith(await gateway.call("GET", url, { token, headers: events }), "not-found");
  for (const query of ["?pod=executor-0", "?pod=x", "?tailLines=0", "?follow=yes", "?after=1"])
    refusedWith(await gateway.call("GET", url + query, { token }), "invalid-input");
  const headers = { ...events, "last-event-id": "7" };
  refusedWith(await gateway.call("GET", url, { token, headers }), "invalid-input");
  fake.fault = () => "drop";
  refusedWith(await gateway.call("GET", url, { token, headers: events }), "cluster-unavailable");
});

test("labels make no pod's log another application's", async (context) => {
  const { gateway, store, fake, token } = await startLogs(context, "sqlite");
  await putApplication(store);
  const pods = [
    { name: "forged", role: "driver", spec: sparkSpec("spark-other", "driver") },
    { name: "other-exec-1", role: "executor", spec: sparkSpec("spark-other", 1) },
  ];
  for (const { name, role, spec } of pods) {
    const labels = {
      "sparkoperator.k8s.io/app-name": id,
      "spark-app-selector": "spark-1f",
      "spark-role": role,
      "spark-exec-id": "1",
    };
    const containerStatuses = [{ name: `spark-kubernetes-${role}`, state: running }];
    const metadata = { namespace: "team-a", name, labels };
    fake.objects.put("pods", { metadata, spec, status: { containerStatuses } });
    fake.logs.set(`team-a/${name}/spark-kubernetes-${role}`, { lines: [stamped(1)], ended: true });
  }
  for (const query of ["", "?pod=1"])
    refusedWith(await gateway.call("GET", url + query, { token }), "log-not-ready");
});
