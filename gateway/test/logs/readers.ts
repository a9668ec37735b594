import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";

import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { followedLog } from "../../src/logs/followed.ts";
import type { Place } from "../../src/logs/follow.ts";
import { kubeConfigOf, type FakeCluster } from "../support/fake-cluster.ts";
import { linesOf, podName, putApplication, putPod, stamped, startLogs } from "../support/log-scene.ts";
import { numbers, running } from "../support/stamped-lines.ts";

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

test("a gateway that stops does not wait for who keeps the connection of a stream that it has closed", async (context) => {
  const { gateway, store, follow } = await startLogs(context, "sqlite");
  await putApplication(store);
  const agent = new Agent({ keepAlive: true });
  const waiting = await follow("", undefined, agent);
  const closing = gateway.app.close();
  try {
    const closed = once(waiting.socket, "close", { signal: AbortSignal.timeout(5000) });
    await linesOf(waiting);
    await closed;
  } finally {
    agent.destroy();
  }
  await closing;
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
