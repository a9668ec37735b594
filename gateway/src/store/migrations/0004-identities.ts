import type { Kysely } from "kysely";

/** Which client of the API a person is who logs in to the pages: at most one each way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("identities")
    .addColumn("issuer", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("client_name", "text", (column) => column.notNull().unique())
    .addColumn("linked_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("identities_by_subject", ["issuer", "subject"])
    .execute();
}
