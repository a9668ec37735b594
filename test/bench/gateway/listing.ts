import type { Insertable } from "kysely";

import type { ApplicationRow } from "../../../gateway/src/store/application-tables.ts";
import { openStore } from "../../../gateway/src/store/store.ts";
import { listAt, textAt } from "../../../local/kube/json.ts";
import { compare, interleave, median, rounded, type Result } from "../bench.ts";
import type { Client } from "./client.ts";
import type { Gateway, Scene } from "./scene.ts";

const counts = { few: 100, many: 10_000 };
const pageSize = 50;
const calls = { perRound: 40, rounds: 5 };
/** An index leads to every page; what is left is the depth of a tree. */
const limits = { page: 1.5, memory: 1.25 };
/** Nothing is in it, and it need not be there. */
const namespace = "bench-gateway-listing";
const minuteMs = 60_000;

/**
 * A user's list of 10,000 finished applications against one of 100, in two gateways at once:
 *
 * - `gateway-list/first-page` and `gateway-list/last-page`: a page of 50, the last one by the cursors of all others.
 * - `gateway-list/memory`: what the gateway holds after all pages were read, as often as the other's.
 */
export async function listing(scene: Scene, log: (line: string) => void): Promise<readonly Result[]> {
  const start = (count: number): Promise<Gateway> =>
    scene.startGateway({ namespaces: [namespace], prepare: (file) => fill(file, count) });
  const few = await start(counts.few);
  const many = await start(counts.many);
  const pages = counts.many / pageSize;
  const lastOfMany = await lastPage(many.alice, counts.many);
  // The same number of pages in both.
  let lastOfFew = "";
  for (let read = 0; read < pages; read += counts.few / pageSize) {
    lastOfFew = await lastPage(few.alice, counts.few);
  }
  const held = { value: rounded(await many.memory()), baseline: rounded(await few.memory()) };
  const first = await interleave(
    calls.rounds,
    async () => ({ value: await firstPageMs(many.alice), baseline: await firstPageMs(few.alice) }),
    log,
  );
  const last = await interleave(
    calls.rounds,
    async () => ({
      value: await milliseconds(many.alice, lastOfMany),
      baseline: await milliseconds(few.alice, lastOfFew),
    }),
    log,
  );
  await Promise.all([few.stop(), many.stop()]);
  return [
    compare({ name: "gateway-list/first-page", unit: "ms", limit: limits.page }, first),
    compare({ name: "gateway-list/last-page", unit: "ms", limit: limits.page }, last),
    compare({ name: "gateway-list/memory", unit: "MiB", limit: limits.memory }, [held]),
  ];
}

function pathOf(cursor?: string): string {
  return `/v1/applications?limit=${pageSize}${cursor === undefined ? "" : `&cursor=${cursor}`}`;
}

/** Reads all pages; the path of the last. @throws where they do not have every application once. */
async function lastPage(alice: Client, count: number): Promise<string> {
  const ids = new Set<string>();
  let path = pathOf();
  for (;;) {
    const page = await alice.send("GET", path);
    for (const item of listAt(page, "items")) ids.add(textAt(item, "id") ?? "");
    const cursor = textAt(page, "nextCursor");
    if (cursor === undefined) break;
    path = pathOf(cursor);
  }
  if (ids.size !== count) throw new Error(`${ids.size} of ${count} applications are listed`);
  return path;
}

/** What the first page takes, in milliseconds. */
export function firstPageMs(alice: Client): Promise<number> {
  return milliseconds(alice, pathOf());
}

async function milliseconds(alice: Client, path: string): Promise<number> {
  const figures: number[] = [];
  while (figures.length < calls.perRound) {
    const begun = performance.now();
    await alice.send("GET", path);
    figures.push(performance.now() - begun);
  }
  return rounded(median(figures));
}

/** Finished applications of `alice`, one a minute until now. */
async function fill(file: string, count: number): Promise<void> {
  const store = await openStore({ kind: "sqlite", file }, () => undefined);
  const now = Date.now();
  await store.db.transaction().execute(async (transaction) => {
    for (let number = 0; number < count; number++) {
      const row = finished(number, now - (count - number) * minuteMs);
      await transaction.insertInto("applications").values(row).execute();
      const states = ["QUEUED", "SUBMITTED", "RUNNING", "SUCCEEDED"] as const;
      const history = states.map((state) => ({
        application_id: row.id,
        state,
        at: row.submitted_at,
        reason: null,
      }));
      await transaction.insertInto("application_states").values(history).execute();
    }
  });
  await store.close();
}

function finished(number: number, at: number): Insertable<ApplicationRow> {
  const id = `alice-${String(number).padStart(12, "0")}`;
  return {
    id,
    cluster: "test",
    namespace,
    owner: "alice",
    name: "bench",
    job: "{}",
    manifest: "{}",
    code: null,
    request_sha256: "0".repeat(64),
    spark_version: "4.0.4",
    idempotency_key: null,
    submitted_at: at,
    state: "SUCCEEDED",
    reason: null,
    hint: null,
    dispatched_at: at,
    claimed_until: null,
    created_at: at,
    started_at: at,
    ended_at: at,
    uid: id,
    driver_pod: `${id}-driver`,
    spark_id: `spark-${id}`,
    attempts: 1,
    deleted_at: null,
    log_archived_at: at,
  };
}
