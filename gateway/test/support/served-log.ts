import assert from "node:assert/strict";
import { Readable } from "node:stream";

import fc from "fast-check";

import type { LogStart, Place } from "../../src/logs/follow.ts";
import { nanosecondsOf } from "../../src/logs/log-line.ts";

interface Line {
  readonly time: string;
  readonly text: string;
}

/** How an answer comes: in chunks of so many bytes, and cut off after some, in order or with an error. */
interface Delivery {
  readonly chunk: number;
  /** Undefined: it comes to its end. */
  readonly cutAt?: number | undefined;
  readonly isError?: boolean;
}

/** One request for the log, and how much of it is written by then. */
type Opening = Delivery & { readonly written: number };

export const startNs = 1_795_000_000_000_000_000n;

export function timeOf(nanoseconds: bigint): string {
  const second = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  return `${second}.${String(nanoseconds % 1_000_000_000n).padStart(9, "0")}Z`;
}

/** What Kubernetes answers: the lines of this second and later, as bytes. */
function served(lines: readonly Line[], { sinceTime, tailLines }: LogStart): Buffer {
  const since = sinceTime === undefined ? 0n : (nanosecondsOf(sinceTime) ?? assert.fail(sinceTime));
  const texts = lines
    .filter(({ time }) => (nanosecondsOf(time) ?? 0n) >= since)
    .map(({ time, text }) => `${time} ${text}\n`);
  return Buffer.from((tailLines === undefined ? texts : texts.slice(-tailLines)).join(""));
}

function streamOf(bytes: Buffer, { chunk, cutAt = bytes.length, isError = false }: Delivery): Readable {
  const sent = bytes.subarray(0, cutAt);
  return Readable.from(
    (function* () {
      for (let from = 0; from < sent.length; from += chunk) yield sent.subarray(from, from + chunk);
      if (isError && cutAt < bytes.length) throw new Error("cut off");
    })(),
  );
}

/** A container's log that is asked for as the openings say, and at last, when it has ended, without trouble. */
export function logOf(lines: readonly Line[], openings: readonly Opening[]): () => Promise<Place> {
  const left = [...openings];
  return () => {
    const opening = left.shift();
    const { written, ...delivery } = opening ?? { written: lines.length, chunk: 7 };
    return Promise.resolve({
      kind: "live",
      hasEnded: opening === undefined,
      open: (start) => Promise.resolve(streamOf(served(lines.slice(0, written), start), delivery)),
    });
  };
}

export const archiveOf = (lines: readonly Line[]): Place => ({
  kind: "archived",
  open: () => Promise.resolve(streamOf(served(lines, { follow: false }), { chunk: 50 })),
});

export const linesArbitrary: fc.Arbitrary<readonly Line[]> = fc
  .array(
    fc.record({
      // Often at the same moment, now and then backwards by less than the disorder that is reckoned with.
      stepNs: fc.oneof(fc.constant(0n), fc.bigInt(-400_000_000n, 1_500_000_000n)),
      text: fc.oneof(fc.constantFrom("", "same", " x ", "ü€𝄞", "a\rb"), fc.string({ maxLength: 8 })),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let latest = startNs;
    return steps.map(({ stepNs, text }) => {
      const own = latest + stepNs;
      if (own > latest) latest = own;
      return { time: timeOf(own), text: text.replaceAll("\n", "") };
    });
  });

export const openingsArbitrary = (lines: number): fc.Arbitrary<readonly Opening[]> =>
  fc
    .array(
      fc.record({
        written: fc.nat({ max: lines }),
        chunk: fc.integer({ min: 1, max: 60 }),
        cutAt: fc.option(fc.nat({ max: 600 }), { nil: undefined }),
        isError: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    // A log only ever grows.
    .map((openings) => openings.toSorted((a, b) => a.written - b.written));
