import { sql, type CreateTableBuilder, type Kysely } from "kysely";

/** Applications with the states they were in and the events about them. A queued one is a row like any other. */
export async function up(db: Kysely<unknown>, kind: "sqlite" | "postgres"): Promise<void> {
  await db.schema
    .createTable("applications")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("cluster", "text", (column) => column.notNull())
    .addColumn("namespace", "text", (column) => column.notNull())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("job", "text", (column) => column.notNull())
    .addColumn("manifest", "text", (column) => column.notNull())
    .addColumn("code", "text")
    .addColumn("request_sha256", "text", (column) => column.notNull())
    .addColumn("spark_version", "text", (column) => column.notNull())
    .addColumn("idempotency_key", "text")
    .addColumn("submitted_at", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text")
    .addColumn("hint", "text")
    .addColumn("dispatched_at", "bigint")
    .addColumn("claimed_until", "bigint")
    .addColumn("created_at", "bigint")
    .addColumn("started_at", "bigint")
    .addColumn("ended_at", "bigint")
    .addColumn("uid", "text")
    .addColumn("driver_pod", "text")
    .addColumn("spark_id", "text")
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("deleted_at", "bigint")
    .addColumn("log_archived_at", "bigint")
    .addColumn("archived_pod_uid", "text")
    .execute();
  await counted(db.schema.createTable("application_states"), kind)
    .addColumn("application_id", "text", (column) => column.notNull().references("applications.id"))
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("reason", "text")
    .execute();
  await counted(db.schema.createTable("application_events"), kind)
    .addColumn("application_id", "text", (column) => column.notNull().references("applications.id"))
    .addColumn("uid", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("count", "integer", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("object", "text", (column) => column.notNull())
    .addUniqueConstraint("application_events_once", ["application_id", "uid"])
    .execute();
  await db.schema
    .createTable("leases")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("term", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("locks")
    .addColumn("name", "text", (column) => column.primaryKey())
    .execute();
  await sql`insert into locks (name) values ('queue')`.execute(db);
  await createIndexes(db);
}

/** With a column that counts up by itself, never giving a number twice: the one difference between the databases. */
function counted(
  table: CreateTableBuilder<string>,
  kind: "sqlite" | "postgres",
): CreateTableBuilder<string, "id"> {
  return table.addColumn("id", kind === "sqlite" ? "integer" : "bigint", (column) =>
    kind === "sqlite" ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity(),
  );
}

/** For the lists (newest first), the queue with its limits, and what belongs to one application. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  const indexes: readonly (readonly [string, string, readonly string[]])[] = [
    ["applications_by_age", "applications", ["submitted_at", "id"]],
    ["applications_by_owner", "applications", ["owner", "submitted_at", "id"]],
    ["applications_by_state", "applications", ["state", "submitted_at", "id"]],
    ["applications_by_dispatch", "applications", ["dispatched_at", "owner"]],
    ["application_states_by_application", "application_states", ["application_id", "id"]],
    ["application_events_by_application", "application_events", ["application_id", "id"]],
  ];
  for (const [name, table, columns] of indexes) {
    await sql`create index ${sql.id(name)} on ${sql.table(table)} (${sql.join(columns.map((each) => sql.id(each)))})`.execute(
      db,
    );
  }
  // Both databases take any number of nulls here.
  await db.schema
    .createIndex("applications_by_key")
    .on("applications")
    .columns(["owner", "idempotency_key"])
    .unique()
    .execute();
  // The queue is few of many rows. With those that run in the second index, SQLite would look for the queue among them.
  await sql`create index applications_waiting on applications (submitted_at, id)
    where created_at is null and ended_at is null`.execute(db);
  await sql`create index applications_by_end on applications (ended_at) where ended_at is not null`.execute(
    db,
  );
}
