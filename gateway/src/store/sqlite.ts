import type { DatabaseSync } from "node:sqlite";

import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
} from "kysely";

/**
 * Kysely's own SQLite dialect over Node's SQLite, in place of better-sqlite3, whose native part is a download. Its calls
 * block the event loop for as long as the disk takes, which a gateway's few small writes bear.
 */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    super({ database: likeBetterSqlite(database) });
    this.#database = database;
    // WAL lets a backup read meanwhile. FULL: what was committed is on the disk before the client hears of it; a
    // rotation that a power cut takes back would leave the client with a token that nobody knows.
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  }

  override createDriver(): SqliteDriver {
    return new NodeSqliteDriver(this.#database);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdl();
  }
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    super({ database: likeBetterSqlite(database) });
    this.#database = database;
  }

  /** Takes the write lock at once: a transaction that reads first and writes later could be refused midway. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** After some errors, a full disk among them, SQLite has rolled back by itself and refuses a second time. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection);
  }
}

/** SQLite can take back changes of tables; Kysely assumes the contrary, and would leave half a migration behind. */
class TransactionalDdl extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** The few methods that Kysely calls, of which better-sqlite3's take the parameters as a list. */
function likeBetterSqlite(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters.map(bindable)),
        run: (parameters) => statement.run(...parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
      };
    },
  };
}

function bindable(value: unknown): string | number | bigint | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return value;
  }
  throw new TypeError(`SQLite cannot store a value of type ${typeof value}`);
}
