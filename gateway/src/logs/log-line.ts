/** A line's place in its log: its time, and which of the lines of that very time it is, from 0. */
export interface LineId {
  /** RFC 3339 with nanoseconds, as Kubernetes writes it. */
  readonly time: string;
  readonly ordinal: number;
}

export interface LogLine {
  /** Undefined for what is no line of the log but a remark of Kubernetes' own. */
  readonly id: LineId | undefined;
  readonly text: string;
}

const timePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** `2026-11-24T12:54:35.438916561Z.0` */
export function formatId({ time, ordinal }: LineId): string {
  return `${time}.${ordinal}`;
}

/** Undefined where it is no id of ours. */
export function parseId(text: string): LineId | undefined {
  const [, time = "", ordinal = ""] = /^(.{20,35})\.(\d{1,9})$/.exec(text) ?? [];
  return nanosecondsOf(time) === undefined ? undefined : { time, ordinal: Number(ordinal) };
}

/** A line as Kubernetes writes it with timestamps: its time and its text; undefined where it begins with no time. */
export function splitTime(raw: string): { readonly time: string; readonly text: string } | undefined {
  const space = raw.indexOf(" ");
  const time = space === -1 ? raw : raw.slice(0, space);
  if (nanosecondsOf(time) === undefined) return undefined;
  return { time, text: space === -1 ? "" : raw.slice(space + 1) };
}

/** Nanoseconds since 1970; undefined where the text is no time. */
export function nanosecondsOf(time: string): bigint | undefined {
  const [, seconds, fraction = "", zone] = timePattern.exec(time) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/**
 * How far apart two lines of one log can be out of order: both outputs of a container are timed by themselves and
 * written one after the other.
 */
export const disorderNs = 1_000_000_000n;

/**
 * From when on a log has to be read so that no line after this one is left out, as Kubernetes can be asked (`sinceTime`):
 * in whole seconds, and it leaves out every line of an earlier time, also one that stands later.
 */
export function sinceTimeFor({ time }: LineId): string | undefined {
  const nanoseconds = nanosecondsOf(time);
  if (nanoseconds === undefined) return undefined;
  const second = (nanoseconds - disorderNs) / 1_000_000_000n;
  return new Date(Number(second) * 1000).toISOString().replace(".000", "");
}
