import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { Kysely, sql, type Dialect } from "kysely";

import { migrate } from "./migrate.ts";
import { postgresDialect } from "./postgres.ts";
import { postgresBytes, postgresRoom, sqliteRoom, type Room } from "./room.ts";
import { NodeSqliteDialect } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

export type StoreKind = "sqlite" | "postgres";

/** Where the gateway keeps its data: in a file of its own, or in a PostgreSQL that several gateways share. */
export type StoreLocation =
  | { readonly kind: "sqlite"; readonly file: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      /** Bytes that applications may have. Default: 4 GiB. */
      readonly applicationBytes?: number;
    };

/** The data of the gateway: one SQL, written with Kysely, that both databases run. */
export interface Store {
  readonly db: Kysely<Tables>;
  readonly room: Room;
  /** Asks the database for a sign of life. @throws the database's error where there is none. */
  ping(): Promise<void>;
  /** Ends all connections; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its tables up to date. `onIdleError` hears of broken PostgreSQL connections.
 * @throws the database's error, where it is not there, or an Error where its tables are a newer gateway's.
 */
export function openStore(location: StoreLocation, onIdleError: (error: Error) => void): Promise<Store> {
  if (location.kind === "postgres") {
    const { url, applicationBytes = postgresBytes } = location;
    return withTables("postgres", postgresDialect(url, onIdleError), (db) =>
      postgresRoom(db, applicationBytes),
    );
  }
  mkdirSync(dirname(location.file), { recursive: true, mode: 0o700 });
  // Waits up to 5 s for another process that is just writing, such as the gateway that this one replaces.
  return openSqlite(new DatabaseSync(location.file, { timeout: 5000 }));
}

/** A store in an SQLite database that is already open, and is closed with it. */
export function openSqlite(database: DatabaseSync): Promise<Store> {
  return withTables("sqlite", new NodeSqliteDialect(database), () => sqliteRoom(database));
}

async function withTables(
  kind: StoreKind,
  dialect: Dialect,
  roomOf: (db: Kysely<Tables>) => Room,
): Promise<Store> {
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db, kind);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    room: roomOf(db),
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => db.destroy(),
  };
}
