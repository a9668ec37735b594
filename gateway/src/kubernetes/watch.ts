import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { z } from "zod";

import { secondMs } from "../clock.ts";
import type { Sighting } from "./cluster.ts";
import { linesOf } from "./lines.ts";
import { Expired } from "./refusals.ts";

/** How a watch asks: for all there is, and for what changes from a version on. */
export interface WatchSource<T> {
  readonly list: () => Promise<{ readonly items: readonly T[]; readonly resourceVersion: string }>;
  readonly open: (query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Readable>;
}

/** The API server ends a watch after this long, so that one which has died in silence is not waited on for ever. */
const watchSeconds = 290;

/** Waits between tries of an API server that does not answer, which end after its first word. */
const waitsMs = [0.2, 0.5, 1, 2, 5, 10].map((seconds) => seconds * secondMs);

const lineSchema = z.object({ type: z.string(), object: z.record(z.string(), z.unknown()) });
const versionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/**
 * All there is, and then what changes, until `signal`. A dropped watch goes on where it was; where the API server no
 * longer knows that version, all is listed again.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* watchKind<T>(
  schema: z.ZodType<T>,
  source: WatchSource<T>,
  signal: AbortSignal,
): AsyncGenerator<Sighting<T>, void, undefined> {
  let version: string | undefined;
  let failures = 0;
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    try {
      if (version === undefined) {
        const { items, resourceVersion } = await source.list();
        version = resourceVersion;
        failures = 0;
        yield { type: "listed", items };
      }
      for await (const { sighting, resourceVersion } of watchOnce(schema, source, version, signal)) {
        version = resourceVersion;
        failures = 0;
        if (sighting !== undefined) yield sighting;
      }
    } catch (error) {
      if (isStopped()) return;
      if (error instanceof Expired) {
        version = undefined;
        continue;
      }
      yield { type: "interrupted", error };
    }
    // Also after a watch that ended in order: a server that ends each at once must not be asked without a pause.
    await pause(waitsMs[Math.min(failures, waitsMs.length - 1)] ?? 0, signal);
    failures += 1;
  }
}

interface Told<T> {
  /** Undefined for a bookmark, which only moves the version on. */
  readonly sighting: Sighting<T> | undefined;
  readonly resourceVersion: string;
}

async function* watchOnce<T>(
  schema: z.ZodType<T>,
  { open }: WatchSource<T>,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<Told<T>, void, undefined> {
  // Somewhat later than the server ends it, the connection is taken for dead.
  const until = AbortSignal.any([signal, AbortSignal.timeout((watchSeconds + 30) * secondMs)]);
  const query = {
    watch: "true",
    resourceVersion,
    allowWatchBookmarks: "true",
    timeoutSeconds: String(watchSeconds),
  };
  const stream = await open(query, until);
  try {
    for await (const line of linesOf(stream)) yield told(schema, line);
  } finally {
    stream.destroy();
  }
}

function told<T>(schema: z.ZodType<T>, line: string): Told<T> {
  const { type, object } = lineSchema.parse(JSON.parse(line));
  if (type === "ERROR") {
    if (object["code"] === 410) throw new Expired("the watch has expired");
    throw new Error(`the watch failed: ${String(object["message"])}`);
  }
  const { resourceVersion } = versionSchema.parse(object).metadata;
  if (type === "BOOKMARK") return { sighting: undefined, resourceVersion };
  const seen = schema.parse(object);
  return { sighting: { type: type === "DELETED" ? "gone" : "changed", object: seen }, resourceVersion };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Some tenths more or less, so that gateways that lost the same server do not come back in step.
  await sleep(ms * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined);
}
