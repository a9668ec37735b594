import { sql, type Kysely } from "kysely";

/**
 * Register tokens, families with their tokens, and the audit log. Migrations that ran anywhere are never changed; the
 * next one is a new file. Times are `bigint`, since milliseconds overflow PostgreSQL's `integer`.
 */
export async function up(db: Kysely<unknown>, kind: "sqlite" | "postgres"): Promise<void> {
  await db.schema
    .createTable("register_tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("client_name", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("access_seconds", "integer", (column) => column.notNull())
    .addColumn("refresh_seconds", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("created_by_family", "text")
    .addColumn("expires_at", "bigint")
    .addColumn("used_at", "bigint")
    .addColumn("nonce", "text")
    .addColumn("revoked_at", "bigint")
    .execute();
  await db.schema
    .createTable("families")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("register_token_id", "text", (column) =>
      column.notNull().unique().references("register_tokens.id"),
    )
    .addColumn("client_name", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("access_seconds", "integer", (column) => column.notNull())
    .addColumn("refresh_seconds", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("refreshed_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("revoked_at", "bigint")
    .addColumn("revoked_because", "text")
    .execute();
  await db.schema
    .createTable("refresh_tokens")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("family_id", "text", (column) => column.notNull().references("families.id"))
    .addColumn("issued_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("used_at", "bigint")
    .addColumn("nonce", "text")
    .execute();
  await db.schema
    .createTable("access_tokens")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("family_id", "text", (column) => column.notNull().references("families.id"))
    .addColumn("issued_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("audit")
    // The one difference between the two: how a column counts up by itself, never giving a number twice.
    .addColumn("id", kind === "sqlite" ? "integer" : "bigint", (column) =>
      kind === "sqlite"
        ? column.primaryKey().autoIncrement()
        : column.primaryKey().generatedAlwaysAsIdentity(),
    )
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("actor", "text")
    .addColumn("actor_family", "text")
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("code", "text")
    .addColumn("target", "text")
    .addColumn("detail", "text")
    .execute();
  await createIndexes(db);
}

/** For the lists (newest first), the cascade, and the clean-up of what has expired. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  const indexes: readonly (readonly [string, string, readonly string[]])[] = [
    ["register_tokens_by_age", "register_tokens", ["created_at", "id"]],
    ["register_tokens_by_maker", "register_tokens", ["created_by_family"]],
    ["families_by_age", "families", ["created_at", "id"]],
    ["families_by_client", "families", ["client_name", "created_at", "id"]],
    ["refresh_tokens_by_family", "refresh_tokens", ["family_id"]],
    ["refresh_tokens_by_expiry", "refresh_tokens", ["expires_at"]],
    ["access_tokens_by_family", "access_tokens", ["family_id"]],
    ["access_tokens_by_expiry", "access_tokens", ["expires_at"]],
    ["audit_by_time", "audit", ["at"]],
  ];
  for (const [name, table, columns] of indexes) {
    await sql`create index ${sql.id(name)} on ${sql.table(table)} (${sql.join(columns.map((each) => sql.id(each)))})`.execute(
      db,
    );
  }
}
