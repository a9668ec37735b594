import { setTimeout as sleep } from "node:timers/promises";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { isFinal } from "./application.ts";
import { lockApplication, recordStateIn } from "./applications-store.ts";
import { removeFromCluster, spent } from "./in-cluster.ts";
import type { Jobs } from "./jobs.ts";

/** What is done before an application goes from the cluster, such as keeping its log; as far as that is quick. */
export type BeforeRemoval = (row: ApplicationRow) => Promise<void>;

/** Whoever cancels a job does not wait longer for what is done before. */
const patienceMs = 5 * secondMs;

/**
 * Cancels an application. One that no gateway has tried to create is CANCELLED at once. All others are CANCELLING, and
 * deleted from the cluster; the reconciler says when they are gone, and deletes what this could not. One that has ended
 * stays as it ended. Done again, it changes nothing.
 * @throws Problem `not-found`, or the store's error.
 */
export async function cancel(
  { store: { db }, cluster, now, logger }: Jobs,
  beforeRemoval: BeforeRemoval,
  id: string,
  by: string,
): Promise<ApplicationRow> {
  const row = await db.transaction().execute(async (transaction) => {
    const known = present(await lockApplication(transaction, id));
    if (isFinal(known.state) || known.state === "CANCELLING") return known;
    const state = mayBeInCluster(known) ? "CANCELLING" : "CANCELLED";
    await recordStateIn(transaction, id, { state, at: now(), reason: `${by} cancelled it` });
    if (state === "CANCELLED") {
      await transaction.updateTable("applications").set(spent).where("id", "=", id).execute();
    }
    return present(await lockApplication(transaction, id));
  });
  if (isFinal(row.state)) return row;
  try {
    await patiently(() => beforeRemoval(row));
  } catch (err) {
    logger.warn({ err, application: id }, "what comes before a removal could not be done");
  }
  try {
    await removeFromCluster(cluster, row);
  } catch (err) {
    logger.warn({ err, application: id }, "what was cancelled could not be deleted, and will be");
  }
  return row;
}

/**
 * Deletes an application that has ended: from the cluster, and then for everybody who asks. The row stays as long as
 * others do, so that its key is not taken for a new one.
 * @throws Problem `application-active`, `cluster-unavailable` (nothing is deleted) or `not-found`.
 */
export async function deleteEnded(
  { store: { db }, cluster, now }: Jobs,
  id: string,
): Promise<ApplicationRow> {
  const row = await db
    .selectFrom("applications")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst()
    .then(present);
  if (!isFinal(row.state)) {
    throw new Problem("application-active", `it is ${row.state}; cancel it, and delete it once it has ended`);
  }
  if (mayBeInCluster(row)) await removeFromCluster(cluster, row);
  await db
    .updateTable("applications")
    .set({ deleted_at: now(), job: "{}" })
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .execute();
  return row;
}

/** A gateway has tried to create it, or has found it there. */
function mayBeInCluster({ dispatched_at, created_at }: ApplicationRow): boolean {
  return dispatched_at !== null || created_at !== null;
}

/** @throws Problem where somebody has deleted it meanwhile. */
function present(row: ApplicationRow | undefined): ApplicationRow {
  if (row?.deleted_at === null) return row;
  throw new Problem("not-found", "there is nothing of yours with this id");
}

/** Waits for `work`, which goes on by itself where it takes too long. @throws its error. */
async function patiently(work: () => Promise<void>): Promise<void> {
  const done = new AbortController();
  try {
    const late = sleep(patienceMs, undefined, { signal: done.signal }).catch(() => undefined);
    await Promise.race([work(), late]);
  } finally {
    done.abort();
  }
}
