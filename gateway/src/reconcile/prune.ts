import { dayMs } from "../clock.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import type { Reconciling } from "./reconciling.ts";
import { removeLogs } from "./remove-logs.ts";

/** Few enough that nobody waits for the lock of one. */
const batch = 200;

/** Where less is left, what has ended is forgotten earlier. */
const lowRoom = 32 * 1024 * 1024;

/** Though not what ended as lately: its user may not have looked yet. */
const keptInAnyCaseMs = dayMs;

/**
 * Forgets applications that have ended before their time, while there is hardly any room for new ones: the oldest of
 * whoever has the most, so that nobody's history goes for another one who submits without end. A batch at a time, after
 * which somebody has to look again.
 * @throws the first failure.
 */
export async function makeRoom(pruning: Pruning, signal: AbortSignal): Promise<void> {
  const { store, now } = pruning.jobs;
  if ((await store.room()) >= lowRoom) return;
  const time = now() - keptInAnyCaseMs;
  const most = await store.db
    .selectFrom("applications")
    .select("owner")
    .where("ended_at", "<", time)
    .groupBy("owner")
    .orderBy((row) => row.fn.countAll(), "desc")
    .limit(1)
    .executeTakeFirst();
  if (most === undefined) return;
  await forget(pruning, await endedBefore(pruning, time).where("owner", "=", most.owner).execute(), signal);
}

type Pruning = Pick<Reconciling, "jobs" | "archive" | "metrics" | "settings">;

/**
 * Deletes applications that ended longer ago than they are kept, with their states and events, and before that, what the
 * archive has of them: a row is all that knows of that. @throws the first failure, which ends it; what is left is deleted
 * the next time.
 */
export async function pruneApplications(pruning: Pruning, signal: AbortSignal): Promise<void> {
  const { jobs, settings } = pruning;
  for (let full = true; full && !signal.aborted;) {
    const rows = await endedBefore(pruning, jobs.now() - settings.keptMs).execute();
    full = rows.length === batch;
    await forget(pruning, rows, signal);
  }
}

/** A batch of applications, the oldest first. */
function endedBefore({ jobs }: Pruning, time: number) {
  return jobs.store.db
    .selectFrom("applications")
    .select(["id", "archive_removed_at"])
    .where("ended_at", "<", time)
    .where("state", "in", ["SUCCEEDED", "FAILED", "CANCELLED"])
    .orderBy("ended_at")
    .limit(batch);
}

/** What the archive has of them goes first; those that this failed for stay. */
async function forget(
  pruning: Pruning,
  rows: readonly Pick<ApplicationRow, "id" | "archive_removed_at">[],
  signal: AbortSignal,
): Promise<void> {
  const ids: string[] = [];
  try {
    for (const { id, archive_removed_at } of rows) {
      if (archive_removed_at === null) await removeLogs(pruning, id, signal);
      ids.push(id);
    }
  } finally {
    if (ids.length > 0) {
      await pruning.jobs.store.db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("application_states").where("application_id", "in", ids).execute();
        await transaction.deleteFrom("spark_runs").where("application_id", "in", ids).execute();
        await transaction.deleteFrom("application_events").where("application_id", "in", ids).execute();
        await transaction.deleteFrom("applications").where("id", "in", ids).execute();
      });
    }
  }
}
