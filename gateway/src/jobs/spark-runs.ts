import type { Kysely } from "kysely";

import type { Tables } from "../store/tables.ts";
import { lockApplication } from "./applications-store.ts";

/**
 * Tells if a Spark id is one of an application's runs. This is the one answer to whose event logs and pages they are:
 * the operator's status and Kubernetes' labels tell what a job may have put there.
 */
export async function isSparkIdOf(
  db: Kysely<Tables>,
  sparkId: string,
  applicationId: string,
): Promise<boolean> {
  const run = await db
    .selectFrom("spark_runs")
    .select("application_id")
    .where("spark_id", "=", sparkId)
    .executeTakeFirst();
  return run?.application_id === applicationId;
}

/** A driver's Spark id, and the submission that made the driver. */
export interface SparkRun {
  readonly sparkId: string;
  readonly submissionId: string;
}

/**
 * Writes down which Spark id a submission of an application has; returns the one that it has from then on. The first
 * that is told counts: a driver that a job puts in the place of its own changes nothing. An id that belongs to another
 * application is not taken.
 */
export function recordSparkRun(
  db: Kysely<Tables>,
  applicationId: string,
  { sparkId, submissionId }: SparkRun,
): Promise<string | null> {
  return db.transaction().execute(async (transaction) => {
    const row = await lockApplication(transaction, applicationId);
    if (row === undefined) return null;
    await transaction
      .insertInto("spark_runs")
      .values({ spark_id: sparkId, application_id: applicationId, submission_id: submissionId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const run = await transaction
      .selectFrom("spark_runs")
      .select("spark_id")
      .where("application_id", "=", applicationId)
      .where("submission_id", "=", submissionId)
      .executeTakeFirst();
    if (run === undefined || run.spark_id === row.spark_id) return row.spark_id;
    await transaction
      .updateTable("applications")
      .set({ spark_id: run.spark_id })
      .where("id", "=", applicationId)
      .execute();
    return run.spark_id;
  });
}
