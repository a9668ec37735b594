import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";

import { secondMs } from "../clock.ts";
import type { Limits } from "../platform.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import type { Tables } from "../store/tables.ts";

type Row = ExpressionBuilder<Tables, "applications">;

const minuteMs = 60 * secondMs;

/**
 * For how long one gateway has a row to itself: longer than it takes to create it, and not so long that one which a
 * gateway took with it to its death waits for much more. Two that have it at once do no harm (dispatch.ts).
 */
export const claimMs = 30 * secondMs;

/**
 * The queue: the applications that are not in the cluster, oldest first. A row is in it from the moment that the client
 * is told of it until a gateway has seen it in the cluster, whatever happens between, so that nothing is lost.
 *
 * Every application has its turn once: `dispatched_at`, of which the last minute's are counted against the limits, over
 * all gateways. Who has had it in that minute and could not be created needs no second one.
 *
 * Clocks step, and those of gateways differ. A turn or a claim of the future is taken for one of now as far as a clock may
 * be off; one that is further ahead is a wrong clock's, and counts for nothing: a row then waits for two minutes at most.
 */
function waits(row: Row): Expression<SqlBool> {
  return row.and([
    row("created_at", "is", null),
    row("ended_at", "is", null),
    row("state", "!=", "CANCELLING"),
  ]);
}

/** Lets the transactions that look for the next turn follow on one another, on whichever gateway. */
export async function lockQueue(transaction: Kysely<Tables>): Promise<void> {
  await transaction
    .updateTable("locks")
    .set((row) => ({ name: row.ref("name") }))
    .where("name", "=", "queue")
    .execute();
}

/** Claims the row whose turn it is, if the limits leave any a turn now. The row is the caller's for `claimMs`. */
export function claimNext(
  db: Kysely<Tables>,
  limits: Limits,
  now: number,
): Promise<ApplicationRow | undefined> {
  return db.transaction().execute(async (transaction) => {
    await lockQueue(transaction);
    const next = await nextIn(transaction, limits, now);
    return next && claim(transaction, next, now);
  });
}

/** As `claimNext`, of this row and no other: undefined where it is not its turn. The queue is locked. */
export async function claimIn(
  transaction: Kysely<Tables>,
  limits: Limits,
  now: number,
  id: string,
): Promise<ApplicationRow | undefined> {
  const next = await nextIn(transaction, limits, now);
  return next?.id === id ? claim(transaction, next, now) : undefined;
}

/** When a row may have its turn that has none now, in milliseconds since 1970; undefined: none waits. */
export async function nextTurnAt(db: Kysely<Tables>, now: number): Promise<number | undefined> {
  const { rows, claimed } = await db
    .selectFrom("applications")
    .where(waits)
    .select((row) => [
      row.fn.countAll<number | string>().as("rows"),
      row.fn.min<number | null>("claimed_until").filterWhere("claimed_until", ">", now).as("claimed"),
    ])
    .executeTakeFirstOrThrow();
  if (Number(rows) === 0) return undefined;
  const oldest = Math.min(...(await turnsTaken(db, now)).map(({ first }) => first));
  return Math.min(oldest + minuteMs, claimed ?? Infinity);
}

/**
 * The place of a row among all that wait, from 1; undefined where it does not wait. Those of users who are below their
 * limit may pass those of users who are not.
 */
export async function queuePosition(
  db: Kysely<Tables>,
  { id, submitted_at }: Pick<ApplicationRow, "id" | "submitted_at">,
): Promise<number | undefined> {
  const { place, own } = await db
    .selectFrom("applications")
    .where(waits)
    .where((row) => row(row.refTuple("submitted_at", "id"), "<=", row.tuple(submitted_at, id)))
    .select((row) => [
      row.fn.countAll<number | string>().as("place"),
      row.fn.countAll<number | string>().filterWhere("id", "=", id).as("own"),
    ])
    .executeTakeFirstOrThrow();
  return Number(own) === 0 ? undefined : Number(place);
}

/** Submissions of one user that may wait at once. Each has its code with it. */
export const waitingPerUser = 1000;

/** How many of a user's wait. */
export async function waitingOf(db: Kysely<Tables>, owner: string): Promise<number> {
  const { rows } = await db
    .selectFrom("applications")
    .where(waits)
    .where("owner", "=", owner)
    .select((row) => row.fn.countAll<number | string>().as("rows"))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

/** How many wait. */
export async function queueLength(db: Kysely<Tables>): Promise<number> {
  const { rows } = await db
    .selectFrom("applications")
    .where(waits)
    .select((row) => row.fn.countAll<number | string>().as("rows"))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

interface Taken {
  readonly owner: string;
  readonly turns: number;
  /** The oldest of them. */
  readonly first: number;
}

/** The turns of the last minute, by user. */
async function turnsTaken(db: Kysely<Tables>, now: number): Promise<readonly Taken[]> {
  const rows = await db
    .selectFrom("applications")
    .where((row) => hadTurn(row, now))
    .groupBy("owner")
    .select((row) => [
      "owner",
      row.fn.countAll<number | string>().as("turns"),
      row.fn.min<number>("dispatched_at").as("first"),
    ])
    .execute();
  return rows.map(({ owner, turns, first }) => ({ owner, turns: Number(turns), first }));
}

/** The oldest row that nobody is at, of those whose user is below the limit. */
async function nextIn(
  db: Kysely<Tables>,
  { perMinute, perUserPerMinute }: Limits,
  now: number,
): Promise<ApplicationRow | undefined> {
  const taken = await turnsTaken(db, now);
  const isFull = taken.reduce((sum, { turns }) => sum + turns, 0) >= perMinute;
  const over = taken.filter(({ turns }) => turns >= perUserPerMinute).map(({ owner }) => owner);
  return db
    .selectFrom("applications")
    .selectAll()
    .where(waits)
    .where((row) =>
      row.or([
        row("claimed_until", "is", null),
        row("claimed_until", "<=", now),
        row("claimed_until", ">", now + claimMs + minuteMs),
      ]),
    )
    .where((row) => row.or([hadTurn(row, now), isFull ? row.lit(false) : belowLimit(row, over)]))
    .orderBy("submitted_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

function hadTurn(row: Row, now: number): Expression<SqlBool> {
  return row.and([row("dispatched_at", ">", now - minuteMs), row("dispatched_at", "<=", now + minuteMs)]);
}

function belowLimit(row: Row, over: readonly string[]): Expression<SqlBool> {
  return over.length === 0 ? row.lit(true) : row("owner", "not in", over);
}

/** A turn that counts already stays the one that it was. Undefined: it was cancelled just now. */
function claim(db: Kysely<Tables>, { id }: ApplicationRow, now: number): Promise<ApplicationRow | undefined> {
  return db
    .updateTable("applications")
    .set((row) => ({
      claimed_until: now + claimMs,
      dispatched_at: row.case().when(hadTurn(row, now)).then(row.ref("dispatched_at")).else(now).end(),
    }))
    .where("id", "=", id)
    .where(waits)
    .returningAll()
    .executeTakeFirst();
}
