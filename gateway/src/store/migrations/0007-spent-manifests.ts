import { sql, type Kysely } from "kysely";

/** The manifests of applications that the cluster has, or that have ended, which nobody reads any more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update applications set manifest = '{}' where created_at is not null or ended_at is not null`.execute(
    db,
  );
}
