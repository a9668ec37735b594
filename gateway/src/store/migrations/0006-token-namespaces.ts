import type { Kysely } from "kysely";

/** The namespaces that a client's tokens are limited to: a JSON list of names; null: they are not limited. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["register_tokens", "families"])
    await db.schema.alterTable(table).addColumn("namespaces", "text").execute();
}
