import { sql, type Kysely } from "kysely";

/** When what the archive has of a deleted application was removed from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("applications").addColumn("archive_removed_at", "bigint").execute();
  await sql`create index applications_to_remove on applications (deleted_at)
    where deleted_at is not null and archive_removed_at is null`.execute(db);
}
