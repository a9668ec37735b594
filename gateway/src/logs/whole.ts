import { Readable } from "node:stream";

import { Problem } from "../errors/problem.ts";
import type { Place } from "./follow.ts";
import { lineBatches } from "./lines.ts";
import { splitTime } from "./log-line.ts";
import { Tail } from "./tail.ts";

export interface WholeOptions {
  readonly timestamps: boolean;
  /** Undefined: all. */
  readonly tailLines: number | undefined;
}

/**
 * A log as it is now, as text. @throws Problem `log-not-ready` or `not-found` where there is none, and whatever its
 * place throws; once it is returned, the stream breaks off instead.
 */
export async function wholeLog(place: Place, options: WholeOptions, signal: AbortSignal): Promise<Readable> {
  if (place.kind === "awaited") throw new Problem("log-not-ready", `${place.why}; try again, or follow it`);
  if (place.kind === "none") throw new Problem("not-found", place.why);
  const { tailLines } = options;
  const log =
    place.kind === "live" ? await place.open({ follow: false, tailLines }, signal) : await place.open(signal);
  return Readable.from(texts(log, options));
}

async function* texts(
  log: Readable,
  { timestamps, tailLines }: WholeOptions,
): AsyncGenerator<string, void, undefined> {
  const text = (lines: readonly string[]): string =>
    lines.map((raw) => `${timestamps ? raw : (splitTime(raw)?.text ?? raw)}\n`).join("");
  try {
    const tail = tailLines === undefined ? undefined : new Tail(tailLines);
    for await (const lines of lineBatches(log, { wholeLog: true })) {
      if (tail === undefined) yield text(lines);
      else for (const line of lines) tail.push(line);
    }
    if (tail !== undefined) yield text(tail.lines());
  } finally {
    log.destroy();
  }
}
