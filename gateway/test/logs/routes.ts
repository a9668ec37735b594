import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";

import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { followedLog } from "../../src/logs/followed.ts";
import { formatId } from "../../src/logs/log-line.ts";
import { lineEvents } from "../../src/logs/sse.ts";
import type { Place } from "../../src/logs/follow.ts";
import { kubeConfigOf, type FakeCluster } from "../support/fake-cluster.ts";
import { refusedWith } from "../support/gateway.ts";
import {
  eventsOf,
  id,
  linesOf,
  logName,
  memoryArchive,
  podName,
  putApplication,
  putPod,
  stamped,
  startLogs,
} from "../support/log-scene.ts";
import { testOnStores } from "../support/stores.ts";

const url = `/v1/applications/${id}/logs`;
const running = { running: {} };
const ended = { terminated: { exitCode: 0 } };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const stampedLines = (count: number): string[] => numbers(count).map(stamped);
const texts = (count: number): string[] => numbers(count).map((index) => `line ${index}`);

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

testOnStores(
  "a follower sees each line once, through cuts, a rotation and the way to the archive",
  async (context, kind) => {
    const archived = new Map<string, string>();
    const { store, fake, follow } = await startLogs(context, kind, { archive: memoryArchive(archived) });
    await putApplication(store);
    putPod(fake, "driver", running);
    const log = { lines: stampedLines(4), ended: false };
    fake.logs.set(logName("driver"), log);
    const seen: string[] = [];
    let why: string | undefined;
    for await (const { event, data } of eventsOf(await follow())) {
      if (event === "end") why = data;
      if (event !== undefined) continue;
      seen.push(data);
      if (data === "line 3") {
        fake.dropConnections();
        log.lines = stampedLines(8);
      }
      if (data === "line 7") {
        // A rotation: the file begins anew, and the stream of the old one ends.
        log.ended = true;
        fake.logs.set(logName("driver"), { lines: stampedLines(12).slice(6), ended: false });
      }
      if (data === "line 11") {
        archived.set(`${id}/${podName("driver")}`, `${stampedLines(15).join("\n")}\n`);
        fake.objects.remove("pods", "team-a", podName("driver"));
        fake.logs.clear();
        await store.db.updateTable("applications").set({ state: "SUCCEEDED", ended_at: 0 }).execute();
        fake.dropConnections();
      }
    }
    assert.deepEqual(seen, texts(15));
    assert.equal(why, '{"why":"the container has ended"}');
  },
);

test("who comes back with the last id goes on after it, from wherever", async (context) => {
  const { store, fake, follow } = await startLogs(context, "sqlite");
  await putApplication(store);
  putPod(fake, "driver", ended);
  fake.logs.set(logName("driver"), { lines: stampedLines(10), ended: true });
  const { lines, ids } = await linesOf(await follow());
  assert.deepEqual(lines, texts(10));
  for (const [index, last] of ids.entries()) {
    assert.deepEqual((await linesOf(await follow("", last))).lines, texts(10).slice(index + 1), last);
  }
  const stamps = await linesOf(await follow("?timestamps=true&tailLines=2"));
  assert.deepEqual(stamps.lines, [stamped(8), stamped(9)]);
});

test("while it waits, a follower hears the states, and signs of life", async (context) => {
  const { store, fake, follow } = await startLogs(context, "sqlite", { heartbeatMs: 1 });
  await putApplication(store, { state: "QUEUED" });
  const told: (string | undefined)[] = [];
  for await (const { event, data } of eventsOf(await follow())) {
    if (event !== "comment" || told.at(-1) !== "comment") told.push(event === "state" ? data : event);
    if (data.includes("QUEUED"))
      await store.db.updateTable("applications").set({ state: "PENDING" }).execute();
    if (!data.includes("PENDING")) continue;
    putPod(fake, "driver", ended);
    fake.logs.set(logName("driver"), { lines: [stamped(0)], ended: true });
  }
  const events = told.filter((each) => each !== "comment");
  assert.deepEqual(events, ["retry", '{"state":"QUEUED"}', '{"state":"PENDING"}', undefined, "end"]);
});

/** A cluster whose logs go on for as long as they are read, and which counts what is taken of them. */
class EndlessCluster extends KubernetesCluster {
  taken = 0;
  readonly streams: Readable[] = [];

  override podLog(...[, , , , signal]: Parameters<KubernetesCluster["podLog"]>): Promise<Readable> {
    const stream = Readable.from(this.#lines(), { ...(signal !== undefined && { signal }) });
    this.streams.push(stream);
    return Promise.resolve(stream);
  }

  *#lines(): Generator<string> {
    for (;;) yield `${stamped(3 * (this.taken += 1))} ${"x".repeat(1000)}\n`;
  }
}

function endless(): {
  readonly made: EndlessCluster[];
  readonly cluster: (fake: FakeCluster) => EndlessCluster;
} {
  const made: EndlessCluster[] = [];
  return {
    made,
    cluster: ({ url: server }) => {
      const cluster = new EndlessCluster(kubeConfigOf(server));
      made.push(cluster);
      return cluster;
    },
  };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Waits until nothing more is taken, which a reader that stands still must bring about. */
async function standstill(cluster: EndlessCluster): Promise<number> {
  for (let before = -1; ; before = cluster.taken) {
    await turns();
    if (before === cluster.taken) return before;
    assert.ok(cluster.taken < 100_000, "it reads on, though nobody takes it");
  }
}

test("a reader that stands still stops the log, and one that goes ends it", async (context) => {
  const { made, cluster } = endless();
  const { store, fake, follow, followers } = await startLogs(context, "sqlite", { cluster });
  await putApplication(store);
  putPod(fake, "driver", running);
  const response = await follow();
  const [own = assert.fail()] = made;
  await once(response, "readable");
  await standstill(own);
  const [stream = assert.fail("the log is not read")] = own.streams;
  assert.equal(await followers(), 1);
  const closed = new Promise((resolve) => stream.once("close", resolve));
  response.destroy();
  await closed;
  assert.equal(await followers(), 0);
});

test("a gateway that stops closes its streams at once, also those of readers that stand still", async (context) => {
  const { made, cluster } = endless();
  const { gateway, store, fake, follow } = await startLogs(context, "sqlite", { cluster, partingMs: 20 });
  await putApplication(store);
  putPod(fake, "driver", running);
  const waiting = await follow("?pod=1");
  const standing = await follow();
  await once(standing, "readable");
  const [own = assert.fail()] = made;
  await standstill(own);
  const closing = gateway.app.close();
  const { end } = await linesOf(waiting);
  assert.equal(end, undefined, "it is not the log that ended");
  await closing;
  assert.ok(own.streams.every(({ destroyed }) => destroyed));
});

test("a stream ends after its time, and the reader goes on where it was", async (context) => {
  const { store, fake, follow } = await startLogs(context, "sqlite", { lifeMs: 50 });
  await putApplication(store);
  putPod(fake, "driver", running);
  const log = { lines: stampedLines(3), ended: false };
  fake.logs.set(logName("driver"), log);
  const seen: string[] = [];
  let last: string | undefined;
  // Of a stream that ends early, nothing may have come.
  const readUntil = async (count: number): Promise<void> => {
    do {
      const { lines, ids, end } = await linesOf(await follow("", last));
      assert.equal(end, undefined, "it is not the log that ended");
      seen.push(...lines);
      last = ids.at(-1) ?? last;
    } while (seen.length < count);
  };
  await readUntil(3);
  log.lines = stampedLines(5);
  await readUntil(5);
  assert.deepEqual(seen, texts(5));
});

test("200 followers at once see each line once", async (context) => {
  const { store, fake, follow, followers } = await startLogs(context, "sqlite");
  await putApplication(store);
  putPod(fake, "driver", running);
  const log = { lines: stampedLines(50), ended: false };
  fake.logs.set(logName("driver"), log);
  const streams = await Promise.all(numbers(200).map(() => follow()));
  assert.equal(await followers(), 200);
  const all = streams.map((stream) => linesOf(stream));
  log.lines = stampedLines(100);
  fake.dropConnections();
  log.lines = stampedLines(300);
  putPod(fake, "driver", ended);
  log.ended = true;
  for (const { lines, end } of await Promise.all(all)) {
    assert.deepEqual(lines, texts(300));
    assert.notEqual(end, undefined);
  }
});

test("200 followers that stand still hold a bounded part of the log each", async () => {
  const own = new EndlessCluster(kubeConfigOf("http://127.0.0.1:1"));
  const place: Place = {
    kind: "live",
    hasEnded: false,
    open: (_from, signal) => own.podLog("team-a", podName("driver"), "driver", {}, signal),
  };
  const readers = new AbortController();
  const streams = numbers(200).map(() =>
    Readable.from(
      followedLog({
        first: { place, state: "RUNNING" },
        locate: () => assert.fail("the log has not broken off"),
        after: undefined,
        tailLines: undefined,
        onTrouble: (error) => assert.fail(String(error)),
        timestamps: false,
        signal: readers.signal,
        heartbeatMs: 60_000,
      }),
    ),
  );
  for (const stream of streams) {
    // What it begins with, before the log is looked at.
    assert.match(String((await once(stream, "data"))[0]), /^retry: /);
    stream.pause();
  }
  const before = await standstill(own);
  assert.ok(before >= 200 && before <= 200 * 20, `${before} lines wait for 200 readers`);
  for (const stream of streams)
    assert.ok(stream.readableLength <= 1, `${stream.readableLength} batches wait`);
  readers.abort();
  for (const stream of streams) stream.destroy();
});

test("a line cannot pass for anything but a line", () => {
  const line = {
    id: { time: "2026-11-24T12:00:00.1Z", ordinal: 0 },
    text: "50%\rid: x\r\nevent: end\n\ndata: y",
  };
  const [text] = [lineEvents([line], { timestamps: false })];
  const fields = text.trimEnd().split(/\r\n|\r|\n/);
  assert.equal(fields[0], `id: ${formatId(line.id)}`);
  assert.ok(fields.slice(1).every((field) => field.startsWith("data: ")));
  assert.equal(text.indexOf("\n\n"), text.length - 2);
});
