import { secondMs } from "../clock.ts";
import type { Store } from "../store/store.ts";
import type { Reconciling } from "./reconciling.ts";

/** An archiving that was under way when an application was deleted has ended by then (keep-logs.ts). */
export const archivingEndsMs = 150 * secondMs;
/** Few enough that stopping does not wait for them. */
const batch = 100;

type Removing = Pick<Reconciling, "jobs" | "archive" | "metrics">;

/**
 * Removes from the archive what it has of applications that were deleted, until there are none. The row says which: one
 * whose removal fails, or is cut off, is found again the next time. @throws the first failure, which ends it.
 */
export async function removeLogsOfDeleted(removing: Removing, signal: AbortSignal): Promise<void> {
  const { store, now } = removing.jobs;
  if (removing.archive === undefined) return;
  for (let full = true; full;) {
    const ids = await toRemove(store, now());
    for (const id of ids) {
      await removeLogs(removing, id, signal);
      await store.db
        .updateTable("applications")
        .set({ archive_removed_at: now() })
        .where("id", "=", id)
        .execute();
    }
    full = ids.length === batch;
  }
}

/** Some of the applications that were deleted, and whose logs are to be removed at `now`. */
export async function toRemove({ db }: Store, now: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("applications")
    .select("id")
    .where("deleted_at", "<", now - archivingEndsMs)
    .where("archive_removed_at", "is", null)
    .orderBy("deleted_at")
    .limit(batch)
    .execute();
  return rows.map(({ id }) => id);
}

/** Removes what the archive has of an application. @throws its error, or the signal's. */
export async function removeLogs(
  { archive, metrics }: Removing,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await archive?.remove(id, signal);
  } catch (error) {
    if (!signal.aborted) metrics.archiveFailed("removal");
    throw error;
  }
}
