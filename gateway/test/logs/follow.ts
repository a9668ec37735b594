import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import fc from "fast-check";

import { follow, type FollowOptions, type Place } from "../../src/logs/follow.ts";
import { formatId, parseId, type LineId } from "../../src/logs/log-line.ts";
import { lineBatches } from "../../src/logs/lines.ts";
import {
  archiveOf,
  linesArbitrary,
  logOf,
  openingsArbitrary,
  startNs,
  timeOf,
} from "../support/served-log.ts";

const options = (locate: () => Promise<Place>, after?: LineId): FollowOptions => ({
  locate,
  after,
  tailLines: undefined,
  signal: new AbortController().signal,
  onTrouble: () => undefined,
  pausesMs: [0],
});

async function textsOf(given: FollowOptions): Promise<string[]> {
  const texts: string[] = [];
  for await (const told of follow(given))
    if (told.type === "lines") texts.push(...told.lines.map(({ text }) => text));
  return texts;
}

/** Follows, breaks off after as many lines as `breaks` says, and goes on with the last line's id, until the end. */
async function collect(locate: () => Promise<Place>, breaks: readonly number[] = []): Promise<string[]> {
  const texts: string[] = [];
  let last: string | undefined;
  for (const most of [...breaks, Infinity]) {
    let seen = 0;
    session: for await (const told of follow(options(locate, last === undefined ? last : parseId(last)))) {
      if (told.type === "end") return texts;
      if (told.type === "quiet") continue;
      for (const { id, text } of told.lines) {
        texts.push(text);
        if (id !== undefined) last = formatId(id);
        // A reader that goes in the middle of a batch has not seen the rest of it.
        if ((seen += 1) >= most) break session;
      }
    }
  }
  return assert.fail("the log has no end");
}

test("a follower sees every line once and in order, wherever streams are cut and readers come back", async () => {
  const cases = linesArbitrary.chain((lines) =>
    fc.tuple(
      fc.constant(lines),
      openingsArbitrary(lines.length),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([lines, openings, breaks]) => {
      const texts = lines.map(({ text }) => text);
      assert.deepEqual(await collect(logOf(lines, openings), breaks), texts);
    }),
    { numRuns: 400 },
  );
});

test("from the archive, a follower goes on where the cluster's log broke off", async () => {
  await fc.assert(
    fc.asyncProperty(linesArbitrary, fc.nat({ max: 40 }), async (lines, written) => {
      const live = logOf(lines, [{ written, chunk: 20 }]);
      const later: Place[] = [{ kind: "awaited", why: "it is on its way" }, archiveOf(lines)];
      let isFirst = true;
      const locate = (): Promise<Place> => {
        if (!isFirst) return Promise.resolve(later.shift() ?? assert.fail("asked again"));
        isFirst = false;
        return live();
      };
      const texts = lines.map(({ text }) => text);
      assert.deepEqual(await collect(locate), texts);
    }),
    { numRuns: 100 },
  );
});

test("when the last line was rotated away, what is later than it is told, and nothing else", async () => {
  const at = (ms: number): string => timeOf(startNs + BigInt(ms) * 1_000_000n);
  const after = { time: at(1400), ordinal: 0 };
  const old = { time: at(1200), text: "old" };
  const newer = { time: at(1600), text: "new" };
  const newest = { time: at(9000), text: "newest" };
  assert.deepEqual(await textsOf(options(logOf([old, newer, newest], []), after)), ["new", "newest"]);
  assert.deepEqual(await textsOf(options(logOf([old, newer], []), after)), ["new"]);
});

test("lines that wait for one that was rotated away are not held back for ever", async () => {
  const stream = new Readable({ read: () => undefined });
  stream.push(`${timeOf(startNs + 5n)} new\n`);
  const live: Place = { kind: "live", hasEnded: false, open: () => Promise.resolve(stream) };
  const after = { time: timeOf(startNs), ordinal: 0 };
  for await (const told of follow({ ...options(() => Promise.resolve(live), after), quietMs: 1 })) {
    if (told.type === "quiet") continue;
    const id = { time: timeOf(startNs + 5n), ordinal: 0 };
    assert.deepEqual(told, { type: "lines", lines: [{ id, text: "new" }] });
    break;
  }
  assert.ok(stream.destroyed, "a follower that goes closes its stream");
});

test("with tailLines it begins with the last lines that are there, and leaves out none that come", async () => {
  const lines = Array.from({ length: 9 }, (_, index) => ({
    time: timeOf(startNs + BigInt(index)),
    text: String(index),
  }));
  const live = logOf(lines, [{ written: 5, chunk: 99 }]);
  assert.equal((await textsOf({ ...options(live), tailLines: 2 })).join(""), "345678");
  const archived = (): Promise<Place> => Promise.resolve(archiveOf(lines));
  assert.equal((await textsOf({ ...options(archived), tailLines: 2 })).join(""), "78");
});

test("whatever goes wrong on the way is tried again, and told", async () => {
  const troubles: unknown[] = [];
  const log = logOf([{ time: timeOf(startNs), text: "at last" }], []);
  const broken: Place = {
    kind: "live",
    hasEnded: false,
    open: () => Promise.reject(new Error("no cluster")),
  };
  let tries = 0;
  const locate = (): Promise<Place> => {
    tries += 1;
    if (tries === 1) return Promise.reject(new Error("no store"));
    return tries === 2 ? Promise.resolve(broken) : log();
  };
  const told: string[] = [];
  for await (const each of follow({ ...options(locate), onTrouble: (error) => void troubles.push(error) }))
    told.push(each.type);
  assert.deepEqual(told, ["quiet", "quiet", "lines", "end"]);
  assert.deepEqual(troubles.map(String), ["Error: no store", "Error: no cluster"]);
});

test("a log that is gone, or never was, ends at once and says why", async () => {
  const told = [];
  for await (const each of follow(
    options(() => Promise.resolve({ kind: "none", why: "no driver ever ran" })),
  ))
    told.push(each);
  assert.deepEqual(told, [{ type: "end", why: "no driver ever ran" }]);
});

test("nothing more is asked of Kubernetes than the reader takes", async () => {
  let pulled = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) yield `${timeOf(startNs + BigInt((pulled += 1)))} line\n`;
    })(),
  );
  const live: Place = { kind: "live", hasEnded: false, open: () => Promise.resolve(endless) };
  const following = follow(options(() => Promise.resolve(live)));
  const turns = async (): Promise<number> => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return pulled;
  };
  await following.next();
  const before = await turns();
  assert.equal(await turns(), before, "a reader that waits stops the stream");
  assert.ok(before < 100, `${before} lines wait`);
  await following.return();
  assert.ok(endless.destroyed);
});

test("a line without end takes a bounded part of the memory", async () => {
  const stream = Readable.from([...Array.from({ length: 100 }, () => "x".repeat(10_000)), "\nnext\n"]);
  const lines: string[] = [];
  for await (const batch of lineBatches(stream, { wholeLog: true })) lines.push(...batch);
  assert.deepEqual([lines.length, lines[0]?.length, lines[1]], [2, 65_536, "next"]);
});
