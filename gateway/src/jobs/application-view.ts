import { z } from "zod";

import { iso, isoOrNull, isoTime } from "../api/times.ts";
import type { ApplicationRow, ApplicationStateRow } from "../store/application-tables.ts";
import { applicationStates } from "./application.ts";

export const applicationStateSchema = z.enum(applicationStates).meta({ description: "a state" });

const reasonField = z
  .string()
  .nullable()
  .meta({ description: "why it is in this state, if there is more to say" });

export const applicationSchema = z
  .object({
    id: z.string().meta({ description: "the name of its resource in the cluster, too" }),
    name: z.string().meta({ description: "the job's name" }),
    cluster: z.string(),
    namespace: z.string(),
    owner: z.string().meta({ description: "who has submitted it" }),
    state: applicationStateSchema,
    reason: reasonField,
    hint: z.string().nullable().meta({ description: "what to do about it" }),
    sparkVersion: z.string(),
    sparkId: z
      .string()
      .nullable()
      .meta({ description: "Spark's own id of the last run; null before it runs" }),
    attempts: z.int().meta({ description: "runs so far" }),
    submittedAt: isoTime,
    startedAt: isoTime.nullable(),
    endedAt: isoTime.nullable(),
    historyUrl: z.string().nullable().meta({
      description: "the History Server's pages of its last run; null before it runs, or without pages",
    }),
    uiUrl: z.string().nullable().meta({
      description: "its pages: the driver's own while it runs, then the History Server's; null without pages",
    }),
  })
  .meta({ id: "Application", description: "a job that was submitted" });

export type Application = z.output<typeof applicationSchema>;

export const applicationDetailSchema = applicationSchema
  .extend({
    queuePosition: z
      .int()
      .nullable()
      .meta({ description: "its place among all that wait to be created, from 1; null: it does not wait" }),
    states: z
      .array(z.object({ state: applicationStateSchema, at: isoTime, reason: reasonField }))
      .meta({ description: "the states that it was in, first to last" }),
    job: z.record(z.string(), z.unknown()).meta({ description: "the job as it was submitted" }),
  })
  .meta({ id: "ApplicationDetail", description: "a job that was submitted, with all that is known of it" });

export type ApplicationDetail = z.output<typeof applicationDetailSchema>;

/** The columns that an application is shown by. Its job, its manifest and its code can be large. */
export const shownColumns = [
  ...(["id", "name", "cluster", "namespace", "owner", "state", "reason", "hint", "spark_version"] as const),
  ...(["spark_id", "attempts", "submitted_at", "started_at", "ended_at"] as const),
] as const satisfies readonly (keyof ApplicationRow)[];

/** `pagesUrl`: `https://HOST[:PORT]` of the front door; undefined where there are no pages. */
export function toApplication(
  row: Pick<ApplicationRow, (typeof shownColumns)[number]>,
  pagesUrl: string | undefined,
): Application {
  const uiUrl = pagesUrl === undefined ? null : `${pagesUrl}/ui/${row.namespace}/${row.id}/`;
  return {
    id: row.id,
    name: row.name,
    cluster: row.cluster,
    namespace: row.namespace,
    owner: row.owner,
    state: row.state,
    reason: row.reason,
    hint: row.hint,
    sparkVersion: row.spark_version,
    sparkId: row.spark_id,
    attempts: row.attempts,
    submittedAt: iso(row.submitted_at),
    startedAt: isoOrNull(row.started_at),
    endedAt: isoOrNull(row.ended_at),
    historyUrl: uiUrl === null || row.spark_id === null ? null : `${uiUrl}history/${row.spark_id}/`,
    uiUrl,
  };
}

export function toApplicationDetail(
  row: ApplicationRow,
  pagesUrl: string | undefined,
  states: readonly Pick<ApplicationStateRow, "state" | "at" | "reason">[],
  queuePosition: number | undefined,
): ApplicationDetail {
  return {
    ...toApplication(row, pagesUrl),
    queuePosition: queuePosition ?? null,
    states: states.map(({ state, at, reason }) => ({ state, at: iso(at), reason })),
    job: jobSchema.parse(JSON.parse(row.job)),
  };
}

/** What this gateway wrote itself. */
const jobSchema = z.record(z.string(), z.unknown());
