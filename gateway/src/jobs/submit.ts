import type { Kysely } from "kysely";

import { Problem } from "../errors/problem.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import type { Tables } from "../store/tables.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Jobs } from "./jobs.ts";
import { claimIn, lockQueue, waitingOf, waitingPerUser } from "./queue.ts";
import type { PreparedSubmission } from "./submission.ts";
import type { SubmissionMetrics } from "./submission-metrics.ts";

export interface Submitting {
  readonly jobs: Jobs;
  readonly dispatcher: Pick<Dispatcher, "dispatch" | "wake">;
  readonly metrics: SubmissionMetrics;
}

/**
 * Puts a submission into the queue, and if it is its turn, at once into the cluster. `repeated`: it was there before.
 * Whatever becomes of this gateway then, the row is the promise that it runs, once.
 * @throws Problem `idempotency-key-reused`, or the store's error: the same request with the same key makes sure.
 */
export async function submit(
  { jobs, dispatcher, metrics }: Submitting,
  prepared: PreparedSubmission,
  idempotencyKey: string,
): Promise<{ readonly row: ApplicationRow; readonly repeated: boolean }> {
  const { db } = jobs.store;
  const now = jobs.now();
  const bytes = bytesOf(prepared);
  const room = await jobs.store.room(bytes);
  const { known, claimed } = await db.transaction().execute(async (transaction) => {
    await lockQueue(transaction);
    const isNew = await insert(transaction, jobs, prepared, idempotencyKey, now);
    // What was submitted before is answered in any case. Thrown in here, nothing of a new one is left.
    if (isNew) {
      demandRoom(bytes, room);
      await demandPlace(transaction, prepared.owner);
    }
    return isNew
      ? { claimed: await claimIn(transaction, jobs.platform.limits, now, prepared.id) }
      : { known: await findKnown(transaction, prepared) };
  });
  if (known !== undefined) {
    metrics.countSubmission("repeated");
    return { row: same(known, prepared), repeated: true };
  }
  if (claimed === undefined) dispatcher.wake();
  metrics.countSubmission(claimed === undefined ? "queued" : await dispatcher.dispatch(claimed));
  const row = await db
    .selectFrom("applications")
    .selectAll()
    .where("id", "=", prepared.id)
    .executeTakeFirstOrThrow();
  return { row, repeated: false };
}

/** SQLite writes it twice: to its log, and then to its place. */
function bytesOf({ job, manifest, code }: PreparedSubmission): number {
  return 2 * Buffer.byteLength(JSON.stringify([job, manifest, code]));
}

/** @throws Problem where there is less room than it takes. */
function demandRoom(bytes: number, room: number): void {
  if (bytes <= room) return;
  throw new Problem(
    "store-full",
    "nothing was submitted: the gateway has no room for another application; delete some that have ended, or tell an admin",
  );
}

/** @throws Problem where its user has as many waiting as may be. */
async function demandPlace(db: Kysely<Tables>, owner: string): Promise<void> {
  if ((await waitingOf(db, owner)) <= waitingPerUser) return;
  throw new Problem(
    "too-many-waiting",
    `nothing was submitted: ${waitingPerUser} of yours wait already; try again once some had their turn, or cancel some`,
  );
}

/**
 * What was submitted before with the key that the id is made of, deleted or not; or what the cluster had of it, where the
 * store was lost.
 */
export function findKnown(
  db: Kysely<Tables>,
  { id }: PreparedSubmission,
): Promise<ApplicationRow | undefined> {
  return db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirst();
}

/** @throws Problem where it came of another request, or is deleted, which a retry must not bring back. */
function same(known: ApplicationRow, { owner, requestSha256 }: PreparedSubmission): ApplicationRow {
  if (known.owner !== owner || known.request_sha256 !== requestSha256) {
    throw new Problem("idempotency-key-reused", "send another request with another key");
  }
  if (known.deleted_at !== null) {
    throw new Problem(
      "idempotency-key-reused",
      "its application is deleted; to run it again, send another key",
    );
  }
  return known;
}

/** False where the id or the key is taken. */
async function insert(
  transaction: Kysely<Tables>,
  { platform }: Jobs,
  prepared: PreparedSubmission,
  idempotencyKey: string,
  now: number,
): Promise<boolean> {
  const { id, namespace, owner, name, job, manifest, code, requestSha256, sparkVersion } = prepared;
  const added = await transaction
    .insertInto("applications")
    .values({
      id,
      cluster: platform.cluster,
      namespace,
      owner,
      name,
      job: JSON.stringify(job),
      manifest: JSON.stringify(manifest),
      code: code === undefined ? null : JSON.stringify(code),
      request_sha256: requestSha256,
      spark_version: sparkVersion,
      idempotency_key: idempotencyKey,
      submitted_at: now,
      state: "QUEUED",
      attempts: 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (added === undefined) return false;
  await transaction
    .insertInto("application_states")
    .values({ application_id: id, state: "QUEUED", at: now })
    .execute();
  return true;
}
