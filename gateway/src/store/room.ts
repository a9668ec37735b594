import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { sql, type Kysely } from "kysely";

import { secondMs } from "../clock.ts";
import type { Tables } from "./tables.ts";

/**
 * Bytes that applications may still take, with their events. They stop short of the end of the disk, so that tokens and
 * the audit log, which take little, are written when there is no room for another application. `bytes`: those that the
 * caller is about to take.
 */
export type Room = (bytes?: number) => Promise<number>;

const mib = 1024 * 1024;

/** Bytes of a disk that applications leave to the others; of a small disk, a quarter. */
const reserve = 64 * mib;

/** Room in SQLite's file: what the disk has left, and what deleted rows have left in the file. */
export function sqliteRoom(database: DatabaseSync): Room {
  const pragma = (name: string): number =>
    Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]);
  return async () => {
    const pageSize = pragma("page_size");
    const inFile = pragma("freelist_count") * pageSize;
    const pagesLeft = (pragma("max_page_count") - pragma("page_count")) * pageSize;
    const file = database.location();
    if (file === null) return inFile + pagesLeft - reserve;
    const { bavail, blocks, bsize } = await statfs(dirname(file));
    return inFile + Math.min(bavail * bsize, pagesLeft) - Math.min(reserve, (blocks * bsize) / 4);
  };
}

/** Bytes that applications may have in PostgreSQL, whose disk cannot be asked for. */
export const postgresBytes = 4096 * mib;

/** About as much is an event, whose message Kubernetes holds to 1 KiB. */
const eventBytes = 512;

/** For so long what was counted holds: the rows are read for it, though not the large values in them. */
const countedMs = 2 * secondMs;

/** Room in PostgreSQL: what is left of `budget`. Counted in rows, since the files only shrink by a vacuum. */
export function postgresRoom(db: Kysely<Tables>, budget: number): Room {
  let counted: { readonly until: number; readonly room: Promise<number>; taken: number } | undefined;
  const count = async (): Promise<number> => {
    const { rows } = await sql<{ bytes: number | string }>`select
      (select coalesce(sum(pg_column_size(a.job) + pg_column_size(a.manifest) + coalesce(pg_column_size(a.code), 0)), 0)
        from applications a)
      + (select count(*) * ${eventBytes}::bigint from application_events) as bytes`.execute(db);
    return budget - Number(rows[0]?.bytes ?? 0);
  };
  return async (bytes = 0) => {
    const now = performance.now();
    if (counted === undefined || counted.until <= now) {
      const room = count();
      counted = { until: now + countedMs, room, taken: 0 };
      room.catch(() => (counted = undefined));
    }
    const { room, taken } = counted;
    counted.taken += bytes;
    return (await room) - taken;
  };
}
