import type { Bucket } from "../../e2e/bucket.ts";
import { eventLogFileMiB } from "../../../jobs/manifest/spark-properties.ts";
import { listAt, parseJson, textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { eventLog, type LoggedApplication } from "../../support/event-log/event-log.ts";
import { rollingLog } from "./rolling-log.ts";
import type { Way } from "./way.ts";

/** Where jobs write their logs. */
const prefix = "events/";
const patienceMs = 300_000;

/** A job of a few seconds: some 170 KB. */
export function small(number: number): LoggedApplication {
  return application(`small-${number}`, 10, 1);
}

/** So many bytes before compression: a gigabyte has some 200,000 tasks of 400 jobs, and lies in the store as 30 MB. */
export function large(bytes: number, number: number): LoggedApplication {
  return application(`large-${bytes}-${number}`, 250, bytes);
}

function application(name: string, tasks: number, bytes: number): LoggedApplication {
  return { id: `spark-bench-${name}`, name, tasks, bytes };
}

export function jobsPage({ id }: LoggedApplication): string {
  return `/history/${id}/jobs/`;
}

export function folderOf({ id }: LoggedApplication): string {
  return `${prefix}eventlog_v2_${id}/`;
}

/** Puts the application's log where jobs put theirs. Returns its jobs, and its bytes as they lie in the store. */
export async function putLog(
  bucket: Bucket,
  app: LoggedApplication,
): Promise<{ readonly jobs: number; readonly bytes: number }> {
  let [jobs, bytes] = [0, 0];
  const counted = function* (): Generator<string> {
    for (const line of eventLog(app)) {
      if (line.startsWith('{"Event":"SparkListenerJobEnd"')) jobs++;
      yield line;
    }
  };
  for await (const { path, body } of rollingLog(app.id, counted(), eventLogFileMiB * 2 ** 20)) {
    await bucket.put(`${prefix}${path}`, body);
    bytes += body.length;
  }
  return { jobs, bytes };
}

/** Waits until the page is there. */
export async function shown(way: Way, page: string): Promise<void> {
  await until(
    `${page} to be shown`,
    patienceMs,
    async () => {
      const { status, body } = await way.get(page);
      if (status === 200) return { done: undefined };
      if (status === 404) return { waiting: "it is not found" };
      throw new Error(`${page}: HTTP ${status}: ${body.slice(0, 500)}`);
    },
    200,
  );
}

/** Waits until so many applications are listed. A server that does not answer is waited for as well. */
export async function listed(way: Way, applications: number): Promise<void> {
  await until(`${applications} applications to be listed`, patienceMs, async () => {
    const known = (await knownTo(way)).length;
    return known >= applications ? { done: undefined } : { waiting: `${known} are` };
  });
}

/** Their ids. */
export async function knownTo(way: Way): Promise<readonly string[]> {
  const { status, body } = await way.get(listing());
  if (status !== 200) return [];
  return listAt({ all: parseJson(body) }, "all").map((each) => textAt(each, "id") ?? "");
}

/** What the page with the list asks for: all of them, or the newest. */
export function listing(limit?: number): string {
  return `/api/v1/applications${limit === undefined ? "" : `?limit=${limit}`}`;
}
