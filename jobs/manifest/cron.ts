/**
 * What the operator's cron library takes: github.com/robfig/cron/v3 v3.0.1 parser.go, ParseStandard. Where that
 * accepts what cannot be meant (a day that no month has; `@every` below a minute, which it turns into seconds),
 * this is stricter.
 */
interface Bounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const dayOfMonth: Bounds = { name: "day of month", min: 1, max: 31 };
const month: Bounds = { name: "month", min: 1, max: 12, names: months };
const bounds: readonly Bounds[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  dayOfMonth,
  month,
  { name: "day of week", min: 0, max: 6, names: days },
];

const descriptors = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/** What is wrong with a schedule, as a phrase; undefined if it is right. */
export function cronProblem(schedule: string): string | undefined {
  // Go and JavaScript differ in which other characters are space.
  if (!/^[\x20-\x7e]*$/.test(schedule)) return "has characters other than those of a schedule";
  if (/^(?:CRON_)?TZ=/.test(schedule)) return "names a time zone, which goes into timeZone";
  if (schedule.startsWith("@every ")) return everyProblem(schedule.slice("@every ".length));
  if (schedule.startsWith("@"))
    return descriptors.includes(schedule) ? undefined : "is no descriptor that is known";
  const fields = schedule.split(/\s+/).filter((field) => field !== "");
  if (fields.length !== bounds.length) return `has ${fields.length} fields, not ${bounds.length}`;
  const wrong = bounds
    .map((field, index) => fieldProblem(fields[index] ?? "", field))
    .find((p) => p !== undefined);
  return wrong ?? (comesNever(fields) ? "names a day that none of its months has" : undefined);
}

const secondsOf: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Go's time.ParseDuration without the units that make no sense here. */
function everyProblem(text: string): string | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?(?:h|ms|m|s))+$/.test(text))
    return "has no duration such as 1h30m after @every";
  const seconds = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)]
    .map(([, amount, unit]) => Number(amount) * (secondsOf[unit ?? ""] ?? 0))
    .reduce((sum, part) => sum + part, 0);
  if (seconds > 10 * 365 * 24 * 3600) return "is longer than ten years";
  return seconds < 60 ? "is more often than once a minute" : undefined;
}

function fieldProblem(field: string, bound: Bounds): string | undefined {
  const wrong = field.split(",").find((range) => values(range, bound) === undefined);
  return wrong === undefined ? undefined : `has the ${bound.name} ${JSON.stringify(wrong.slice(0, 40))}`;
}

/** The numbers that `a`, `a-b`, `*` with or without `/step` stand for; undefined where the form is wrong. */
function values(range: string, bound: Bounds): readonly number[] | undefined {
  const match = /^(?:(?<star>[*?])|(?<low>\w+)(?:-(?<high>\w+))?)(?:\/(?<step>\d{1,4}))?$/.exec(range);
  if (match?.groups === undefined) return undefined;
  const { star, low, high, step } = match.groups;
  const start = star === undefined ? numberOf(low ?? "", bound) : bound.min;
  // `N/step` means from N to the end.
  const single = step === undefined ? start : bound.max;
  const end = star === undefined ? (high === undefined ? single : numberOf(high, bound)) : bound.max;
  const by = step === undefined ? 1 : Number(step);
  if (start === undefined || end === undefined || by < 1) return undefined;
  if (start < bound.min || end > bound.max || start > end) return undefined;
  return Array.from({ length: Math.floor((end - start) / by) + 1 }, (_, index) => start + index * by);
}

function numberOf(text: string, bound: Bounds): number | undefined {
  const named = bound.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + bound.min;
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

/** Such as 30 February: the library gives up after five years and the operator would never run the job. */
function comesNever(fields: readonly string[]): boolean {
  // With a day of week that is no star, cron runs on either; then there is always a day.
  if (!/^[*?]/.test(fields[4] ?? "")) return false;
  const chosenDays = all(fields[2] ?? "", dayOfMonth);
  const chosenMonths = all(fields[3] ?? "", month);
  return !chosenMonths.some((at) => chosenDays.some((day) => day <= (longest[at - 1] ?? 0)));
}

function all(field: string, bound: Bounds): readonly number[] {
  return field.split(",").flatMap((range) => values(range, bound) ?? []);
}
