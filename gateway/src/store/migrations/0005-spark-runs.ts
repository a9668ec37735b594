import { sql, type Kysely } from "kysely";

/**
 * The Spark ids of an application's runs. An id that two applications had so far says nothing, and is forgotten: it came
 * from a label that jobs can set.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("spark_runs")
    .addColumn("spark_id", "text", (column) => column.primaryKey())
    .addColumn("application_id", "text", (column) => column.notNull().references("applications.id"))
    .addColumn("submission_id", "text")
    .addUniqueConstraint("spark_runs_once", ["application_id", "submission_id"])

    .execute();
  await sql`update applications set spark_id = null where spark_id in (
    select spark_id from applications where spark_id is not null group by spark_id having count(*) > 1
  )`.execute(db);
  await sql`insert into spark_runs (spark_id, application_id)
    select spark_id, id from applications where spark_id is not null`.execute(db);
}
