import type { Jobs } from "../jobs/jobs.ts";

/** Few enough that nobody waits for the lock of one. */
const batch = 200;

/** Deletes applications that ended longer ago than `keptMs`, with their states and events, until there are none. */
export async function pruneApplications(
  { store: { db }, now }: Jobs,
  keptMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let full = true; full && !signal.aborted;) {
    full = await db.transaction().execute(async (transaction) => {
      const rows = await transaction
        .selectFrom("applications")
        .select("id")
        .where("ended_at", "<", now() - keptMs)
        .where("state", "in", ["SUCCEEDED", "FAILED", "CANCELLED"])
        .orderBy("ended_at")
        .limit(batch)
        .execute();
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) return false;
      await transaction.deleteFrom("application_states").where("application_id", "in", ids).execute();
      await transaction.deleteFrom("application_events").where("application_id", "in", ids).execute();
      await transaction.deleteFrom("applications").where("id", "in", ids).execute();
      return ids.length === batch;
    });
  }
}
