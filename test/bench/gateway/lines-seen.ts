import type { Readable } from "node:stream";

/** The lags, in milliseconds, of lines that were read from a log; each must have come once. */
export class LinesSeen {
  readonly lags: number[] = [];
  readonly #sinceMs: number;
  #last: number | undefined;

  /** Of what was written before, there are no lags: it waited for its reader. */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  /** @throws Error where lines are missing, or come twice. */
  take(text: string, nowMs: number): void {
    const [, number, nanoseconds] = /^(\d+) (\d+)$/.exec(text) ?? [];
    if (number === undefined || nanoseconds === undefined) throw new Error(`not a line of ours: ${text}`);
    if (this.#last !== undefined && Number(number) !== this.#last + 1) {
      throw new Error(`line ${number} came after line ${this.#last}`);
    }
    this.#last = Number(number);
    const writtenMs = Number(BigInt(nanoseconds) / 1000n) / 1000;
    if (writtenMs >= this.#sinceMs) this.lags.push(nowMs - writtenMs);
  }
}

/** Reads a log, or server-sent events whose data are its lines, until the stream ends or is given up. */
export async function readLines(stream: Readable, seen: LinesSeen, signal: AbortSignal): Promise<void> {
  let rest = "";
  let last = "nothing was in it";
  try {
    for await (const chunk of stream.setEncoding("utf8")) {
      const now = nowMs();
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const text = line.startsWith("data: ") ? line.slice("data: ".length) : line;
        if (/^\d/.test(text)) seen.take(text, now);
        if (text !== "") last = text;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) throw new Error(`the log ended while it was followed: ${rest || last}`);
}

/** Since 1970, to a fraction of a millisecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
