import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { secondMs } from "../clock.ts";
import { LineFilter } from "./line-filter.ts";
import { lineBatches } from "./lines.ts";
import { sinceTimeFor, type LineId, type LogLine } from "./log-line.ts";
import { quiet, quietly } from "./quietly.ts";
import { Tail } from "./tail.ts";

/** Where a log is at the moment. All are read with times. */
export type Place =
  /** Not there yet. */
  | { readonly kind: "awaited"; readonly why: string }
  /** In the cluster. `hasEnded`: no more is written. */
  | {
      readonly kind: "live";
      readonly hasEnded: boolean;
      readonly open: (from: LogStart, signal: AbortSignal) => Promise<Readable>;
    }
  | { readonly kind: "archived"; readonly open: (signal: AbortSignal) => Promise<Readable> }
  /** Gone, or never was. */
  | { readonly kind: "none"; readonly why: string };

export interface LogStart {
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  readonly tailLines?: number | undefined;
  readonly follow: boolean;
}

export interface FollowOptions {
  readonly locate: () => Promise<Place>;
  /** The line that the reader has seen last. Undefined: none. */
  readonly after: LineId | undefined;
  /** Begin with this many lines of what is there, for a reader that has seen none. Undefined: all. */
  readonly tailLines: number | undefined;
  readonly signal: AbortSignal;
  /** Hears of what was tried again. */
  readonly onTrouble: (error: unknown) => void;
  /** Time without a line after which there is a sign of life. Default: 15 s. */
  readonly quietMs?: number;
  /** Waits before it looks again, which begin anew with each line. */
  readonly pausesMs?: readonly number[];
}

export type Told =
  | { readonly type: "lines"; readonly lines: readonly LogLine[] }
  /** Nothing for a while: a sign of life. */
  | { readonly type: "quiet" }
  /** There will be no more. */
  | { readonly type: "end"; readonly why: string };

const standardPausesMs = [0.1, 0.5, 1, 2, 3].map((seconds) => seconds * secondMs);

/**
 * A log from its beginning, or after a line, to its end: each line once, through streams that Kubernetes closes (at
 * rotations, time limits, restarts), the start of the pod, and its removal to the archive. It ends only once it has
 * read a log as a whole after the container's end, and goes on trying otherwise, until `signal`.
 * With `tailLines`, lines that were written in the same nanosecond as the first one told may come again when followed
 * anew: the first has the ordinal 0 then.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Told, void, undefined> {
  const { signal, pausesMs = standardPausesMs } = options;
  let { after } = options;
  let idle = 0;
  while (!signal.aborted) {
    try {
      const place = await options.locate();
      if (place.kind === "none") {
        yield { type: "end", why: place.why };
        return;
      }
      if (place.kind !== "awaited") {
        for await (const told of read(place, after, options)) {
          if (told.type === "lines") {
            after = told.lines.findLast(({ id }) => id !== undefined)?.id ?? after;
            idle = 0;
          }
          yield told;
        }
        if (place.kind === "archived" || place.hasEnded) {
          yield { type: "end", why: "the container has ended" };
          return;
        }
      }
    } catch (error) {
      if (isAborted(signal)) return;
      options.onTrouble(error);
    }
    yield { type: "quiet" };
    await sleep(pausesMs[Math.min(idle, pausesMs.length - 1)], undefined, { signal }).catch(() => undefined);
    idle += 1;
  }
}

/** A log, or a part of it, by one request. @throws where it breaks off. */
async function* read(
  place: Extract<Place, { kind: "live" | "archived" }>,
  after: LineId | undefined,
  { signal, tailLines, quietMs = 15 * secondMs }: FollowOptions,
): AsyncGenerator<Told, void, undefined> {
  const wholeLog = place.kind === "archived" || place.hasEnded;
  const tail = after === undefined ? tailLines : undefined;
  const start = { sinceTime: after && sinceTimeFor(after), tailLines: tail, follow: !wholeLog };
  const stream = await (place.kind === "live" ? place.open(start, signal) : place.open(signal));
  const filter = new LineFilter(after);
  const batches = lineBatches(stream, { wholeLog });
  const asked = place.kind === "archived" && tail !== undefined ? lastOf(batches, tail) : batches;
  try {
    for await (const batch of quietly(asked, quietMs)) {
      const lines = batch === quiet ? filter.giveUp() : batch.flatMap((raw) => filter.push(raw));
      if (lines.length > 0) yield { type: "lines", lines };
      else if (batch === quiet) yield { type: "quiet" };
    }
    // Of a stream that was cut off, the line that is waited for may have been about to come.
    const lines = wholeLog ? filter.giveUp() : [];
    if (lines.length > 0) yield { type: "lines", lines };
  } finally {
    stream.destroy();
  }
}

/** The archive gives a log as a whole; the last lines of it are picked here. */
async function* lastOf(
  batches: AsyncGenerator<readonly string[], void, undefined>,
  count: number,
): AsyncGenerator<readonly string[], void, undefined> {
  const tail = new Tail(count);
  for await (const batch of batches) for (const line of batch) tail.push(line);
  yield tail.lines();
}

/** Asked anew after a wait, in which it may have changed. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
