import { disorderNs, nanosecondsOf, splitTime, type LineId, type LogLine } from "./log-line.ts";

const mostHeld = 1000;
const mostCounted = 1000;

/**
 * Of a log that is read again from somewhere before a line, the lines after it: each once, whatever the order of their
 * times. Those that come before the line has been seen are held; they count only where it turns out that the line is
 * not there any more, since its file was rotated away.
 */
export class LineFilter {
  readonly #counts = new Map<string, number>();
  #held: LogLine[] = [];
  /** The line to wait for; undefined: it was seen, or there is none. */
  #awaited: { readonly id: LineId; readonly nanoseconds: bigint } | undefined;

  /** `after`: the line that was told last. The log must be read from `sinceTimeFor` it, or earlier. */
  constructor(after: LineId | undefined) {
    const nanoseconds = after && nanosecondsOf(after.time);
    if (after !== undefined && nanoseconds !== undefined) this.#awaited = { id: after, nanoseconds };
  }

  /** Takes the next line, with its time before it. Returns what is new by now. */
  push(raw: string): readonly LogLine[] {
    const split = splitTime(raw);
    if (split === undefined) return this.#awaited === undefined ? [{ id: undefined, text: raw }] : [];
    const { time, text } = split;
    const line = { id: { time, ordinal: this.#count(time) }, text };
    if (this.#awaited === undefined) return [line];
    const { id, nanoseconds } = this.#awaited;
    if (time === id.time && line.id.ordinal === id.ordinal) {
      this.#awaited = undefined;
      this.#held = [];
      return [];
    }
    const own = nanosecondsOf(time) ?? 0n;
    if (own > nanoseconds || (own === nanoseconds && line.id.ordinal > id.ordinal)) this.#held.push(line);
    return own > nanoseconds + disorderNs || this.#held.length > mostHeld ? this.giveUp() : [];
  }

  /** The line does not come any more: what is later than it is new. */
  giveUp(): readonly LogLine[] {
    const held = this.#held;
    this.#held = [];
    if (held.length > 0) this.#awaited = undefined;
    return held;
  }

  #count(time: string): number {
    const ordinal = this.#counts.get(time) ?? 0;
    this.#counts.set(time, ordinal + 1);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > mostCounted && oldest !== undefined) this.#counts.delete(oldest);
    return ordinal;
  }
}
