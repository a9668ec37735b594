import { z } from "zod";

import { cronProblem } from "./cron.ts";
import { isTimeZone } from "./time-zone.ts";

const cronSchema = z
  .string()
  .max(200)
  .superRefine((cron, context) => {
    const problem = cronProblem(cron);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .meta({
    description:
      "when to run: five cron fields (minute hour day month weekday), @hourly, @daily… or @every with a time",
    examples: ["30 4 * * 1-5", "@every 1h30m"],
  });

const historySchema = z.int().min(0).max(100);

export const scheduleSchema = z
  .strictObject({
    cron: cronSchema,
    timeZone: z
      .string()
      .refine(isTimeZone, { error: "is not a time zone" })
      .meta({
        description: "the IANA time zone that cron is read in; default UTC",
        examples: ["Europe/Berlin"],
      })
      .optional(),
    concurrency: z
      .enum(["Allow", "Forbid", "Replace"])
      .meta({
        description:
          "when the last run is not finished: start another, skip this one, or replace it; default Forbid",
        examples: ["Forbid"],
      })
      .optional(),
    suspend: z
      .boolean()
      .meta({ description: "true to start no more runs; default false", examples: [true] })
      .optional(),
    successfulRunHistoryLimit: historySchema
      .meta({ description: "how many successful runs to keep; default 3", examples: [3] })
      .optional(),
    failedRunHistoryLimit: historySchema
      .meta({ description: "how many failed runs to keep; default 3", examples: [3] })
      .optional(),
  })
  .meta({ description: "makes the job run again and again", examples: [{ cron: "@daily" }] });
