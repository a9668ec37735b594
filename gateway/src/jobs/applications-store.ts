import type { Kysely, Selectable, Updateable } from "kysely";

import type { ApplicationRow, ApplicationStateRow } from "../store/application-tables.ts";
import type { Tables } from "../store/tables.ts";
import { isFinal, mayFollow, type ApplicationState } from "./application.ts";

/** An application that is not deleted; undefined where there is none. */
export function findApplication(db: Kysely<Tables>, id: string): Promise<ApplicationRow | undefined> {
  return db
    .selectFrom("applications")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

/** The application of that name in that very namespace, if it is not deleted. */
export async function rowOf(
  db: Kysely<Tables>,
  { namespace, application }: { readonly namespace: string; readonly application: string },
): Promise<ApplicationRow | undefined> {
  const found = await findApplication(db, application);
  return found?.namespace === namespace ? found : undefined;
}

/** The states that an application was in, first to last. */
export function statesOf(db: Kysely<Tables>, id: string): Promise<Selectable<ApplicationStateRow>[]> {
  return db
    .selectFrom("application_states")
    .selectAll()
    .where("application_id", "=", id)
    .orderBy("id")
    .execute();
}

/** What was learned of an application. */
export interface Finding {
  readonly state: ApplicationState;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  /** Whatever else was learned. What is left out stays. */
  readonly facts?: Facts;
}

export type Facts = Pick<
  Updateable<ApplicationRow>,
  "uid" | "driver_pod" | "attempts" | "started_at" | "ended_at"
>;

/**
 * Writes down what was learned, and the new state in the history, if it may follow the one that is known (application.ts):
 * a late or repeated finding changes no state. Facts are taken in any case. True where the state has changed.
 * In the same state, the reason and the hint are what is found now, or gone where the trouble is; the history keeps the
 * first. What has ended keeps the reason that it has, since what is found later is less: pods go.
 * One transaction, in which the row is locked: of two that find out at once, the second sees what the first has written.
 */
export function recordState(db: Kysely<Tables>, id: string, finding: Finding): Promise<boolean> {
  return db.transaction().execute((transaction) => recordStateIn(transaction, id, finding));
}

/** As `recordState`, in a transaction that does more. */
export async function recordStateIn(
  transaction: Kysely<Tables>,
  id: string,
  { state, at, reason, hint, facts = {} }: Finding,
): Promise<boolean> {
  const row = await lockApplication(transaction, id);
  if (row === undefined) return false;
  const changes = mayFollow(row.state, state);
  const explains = row.state === state && (!isFinal(state) || row.reason === null);
  const values: Updateable<ApplicationRow> = {
    ...facts,
    ...(changes && { state }),
    ...((changes || explains) && { reason: reason ?? null, hint: hint ?? null }),
    ...(changes && state === "RUNNING" && { started_at: row.started_at ?? facts.started_at ?? at }),
    ...(changes && isFinal(state) && { ended_at: facts.ended_at ?? at }),
  };
  if (Object.keys(values).length > 0) {
    await transaction.updateTable("applications").set(values).where("id", "=", id).execute();
  }
  if (changes) {
    await transaction
      .insertInto("application_states")
      .values({ application_id: id, state, at, reason: reason ?? null })
      .execute();
  }
  return changes;
}

/** The row, deleted or not, locked until the transaction ends: an update that changes nothing, as SQLite has no `for update`. */
export function lockApplication(
  transaction: Kysely<Tables>,
  id: string,
): Promise<ApplicationRow | undefined> {
  return transaction
    .updateTable("applications")
    .set((row) => ({ id: row.ref("id") }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
}
