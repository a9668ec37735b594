import assert from "node:assert/strict";
import { test } from "node:test";

import { formatId } from "../../src/logs/log-line.ts";
import { lineEvents } from "../../src/logs/sse.ts";
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
import { ended, numbers, running, stampedLines, texts } from "../support/stamped-lines.ts";

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
