import type { Reconciling } from "./reconciling.ts";
import { removeLogs } from "./remove-logs.ts";

/** Few enough that nobody waits for the lock of one. */
const batch = 200;

/**
 * Deletes applications that ended longer ago than they are kept, with their states and events, and before that, what the
 * archive has of them: a row is all that knows of that. @throws the first failure, which ends it; what is left is deleted
 * the next time.
 */
export async function pruneApplications(
  pruning: Pick<Reconciling, "jobs" | "archive" | "metrics" | "settings">,
  signal: AbortSignal,
): Promise<void> {
  const { jobs, settings } = pruning;
  const { db } = jobs.store;
  for (let full = true; full && !signal.aborted;) {
    const rows = await db
      .selectFrom("applications")
      .select(["id", "archive_removed_at"])
      .where("ended_at", "<", jobs.now() - settings.keptMs)
      .where("state", "in", ["SUCCEEDED", "FAILED", "CANCELLED"])
      .orderBy("ended_at")
      .limit(batch)
      .execute();
    full = rows.length === batch;
    const ids: string[] = [];
    try {
      for (const { id, archive_removed_at } of rows) {
        if (archive_removed_at === null) await removeLogs(pruning, id, signal);
        ids.push(id);
      }
    } finally {
      if (ids.length > 0) {
        await db.transaction().execute(async (transaction) => {
          await transaction.deleteFrom("application_states").where("application_id", "in", ids).execute();
          await transaction.deleteFrom("spark_runs").where("application_id", "in", ids).execute();
          await transaction.deleteFrom("application_events").where("application_id", "in", ids).execute();
          await transaction.deleteFrom("applications").where("id", "in", ids).execute();
        });
      }
    }
  }
}
