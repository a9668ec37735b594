import { isRecord, parseJson } from "../../../local/kube/json.ts";
import { eventLog } from "./event-log.ts";
import { styles, type Style } from "./payloads.ts";
import { rareEvents } from "./rare-events.ts";
import { sqlEvents, streamingEvents } from "./sql-events.ts";

/** The event log of an application that attacks whoever looks at its pages. */
export interface HostileLog {
  /** Spark's own id, which is its address too. */
  readonly id: string;
  readonly lines: readonly string[];
  /** Fields that carry markup: the one whose payload calls `pwned(NUMBER)` is at that index. */
  readonly fields: readonly string[];
}

/** Which fields are hostile. */
export type Target = "escaped" | "contained";

/** All events of one application, as an honest job leaves them. */
export function everyEvent(id: string): readonly unknown[] {
  const ordinary = [...eventLog({ id, name: "word count", tasks: 2, bytes: 0 })].map(parseJson);
  const at = Date.parse("2026-01-01T00:01:00Z");
  const rare = [...sqlEvents(at), ...rareEvents(at), ...streamingEvents(at)];
  return [...ordinary.slice(0, -1).map(adapted), ...rare, ...ordinary.slice(-1)];
}

/**
 * Every event that Spark 4.0.4 writes, with a payload in every text.
 * @param target `escaped`: those that Spark or this platform's image escapes. `contained`: those that Spark's compiled
 *   pages write into scripts as they are; their own origin is what keeps them from harm.
 */
export function hostileLog(id: string, style: Style, target: Target = "escaped"): HostileLog {
  const fields: string[] = [];
  const payload = (path: string): string => styles[style](fields.push(path) - 1);
  const lines = everyEvent(id).map((event) => {
    const kind = isRecord(event) ? String(event["Event"]) : "";
    return `${JSON.stringify(spoil(event, [kind], (path) => (isTarget(path, target) ? payload(path) : undefined)))}\n`;
  });
  return { id, lines, fields };
}

/** Paths of all texts in an event, `[]` for the places of lists. */
export function textPaths(event: unknown): readonly string[] {
  const kind = isRecord(event) ? String(event["Event"]) : "";
  const found = new Set<string>();
  spoil(event, [kind], (path) => {
    found.add(path);
    return undefined;
  });
  return [...found];
}

/**
 * Texts that Spark reads: where they are not as it expects, it passes over the event, or a page has nothing to show.
 */
export const structural = [
  /\/Event$/,
  /\/Task End Reason\/Reason$/,
  /\/Job Result\/Result$/,
  /\/(?:Locality|DeterministicLevel|Block ID|metricType)$/,
  /\/Properties\/spark\.sql\.execution\.id$/,
  /QueryListener\$\w+\/(?:progress\/)?(?:id|runId|timestamp)$/,
  /\/progress\/eventTime\/watermark$/,
  // The application's address.
  /\/App ID$/,
];

/** Texts that Spark's compiled pages write into a script as they are; docs/security.md names them. */
export const contained = [
  /\/Executor ID$/,
  /\/executorId$/,
  /\/Task Info\/Host$/,
  /\/progress\/durationMs\/<key>$/,
];

function isTarget(path: string, target: Target): boolean {
  if (structural.some((one) => one.test(path))) return false;
  return contained.some((one) => one.test(path)) === (target === "contained");
}

/** Objects whose keys are the job's own. */
const freeKeys =
  /\/(?:Log Urls|Driver Logs|(?:Driver )?Attributes|Resources|logUrlInfo|modifiedConfigs|customMetrics|durationMs|metrics|metadata|Classpath Entries|(?:Spark |Hadoop |System |Metrics )?Properties)$/;

type Replace = (path: string) => string | undefined;

function spoil(value: unknown, path: readonly string[], replace: Replace): unknown {
  const place = path.join("/");
  if (typeof value === "string") return spoilText(value, place, replace);
  if (Array.isArray(value)) return value.map((each: unknown) => spoil(each, [...path, "[]"], replace));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(
    ([key, each]) => [key, spoil(each, [...path, key], replace)] as const,
  );
  const [first] = entries;
  if (first === undefined || !freeKeys.test(place)) return Object.fromEntries(entries);
  // One more entry: some of the others' keys are known to Spark.
  const key = replace(`${place}/<key>`);
  return Object.fromEntries(key === undefined ? entries : [...entries, [key, first[1]]]);
}

function spoilText(text: string, place: string, replace: Replace): string {
  if (text.startsWith("internal.metrics.")) return text;
  const payload = replace(place);
  if (payload === undefined) return text;
  // Spark reads no log with a port in these.
  if (/\/Block Manager (?:ID|Address)\/Host$/.test(place)) return payload.replaceAll(":", "");
  // A text of JSON. A graph that does not know the number of its cluster is not drawn.
  if (place.endsWith("/Scope")) return JSON.stringify({ id: "30", name: payload });
  // Graphs draw these nodes around others, in a way of their own.
  const kept = text.startsWith("WholeStageCodegen") ? "WholeStageCodegen " : "";
  return `${kept}${payload}`;
}

/** An ordinary event with the parts that honest jobs seldom have, and with no more of the environment than is of use. */
function adapted(event: unknown): unknown {
  if (!isRecord(event)) return event;
  if (event["Event"] === "SparkListenerApplicationStart")
    return {
      ...event,
      "Driver Logs": { stdout: "http://logs.test/driver" },
      "Driver Attributes": { NODE: "one" },
    };
  if (event["Event"] !== "SparkListenerEnvironmentUpdate") return event;
  const some = (value: unknown): unknown =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).slice(0, 3)) : value;
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, some(value)]));
}
