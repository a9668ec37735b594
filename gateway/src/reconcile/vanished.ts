import { fromOperatorState, isFinal } from "../jobs/application.ts";
import { recordState } from "../jobs/applications-store.ts";
import type { ObservedApplication } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { alone } from "./namespace-view.ts";
import { findingOf } from "./finding.ts";
import type { Reconciling } from "./reconciling.ts";

/**
 * Ends an application whose resource is gone. `row` was read before this asks the API server: a row that says that the
 * resource was created is younger than the resource, so that nothing is taken for gone which is only about to come.
 * `last`: how the resource was when it went, if somebody saw that.
 */
export async function settleVanished(
  { jobs, settings }: Pick<Reconciling, "jobs" | "settings">,
  row: ApplicationRow,
  last: ObservedApplication | undefined,
): Promise<void> {
  // One that waits in the queue, or is being created by a gateway, is not there yet.
  if (isFinal(row.state) || (row.created_at === null && row.state !== "CANCELLING")) return;
  const there = await jobs.cluster.getApplication(row.namespace, row.id);
  if (there !== undefined && (row.uid === null || there.metadata.uid === row.uid)) return;
  const now = jobs.now();
  if (
    last !== undefined &&
    (row.uid === null || last.metadata.uid === row.uid) &&
    isFinal(fromOperatorState(last.status?.applicationState?.state))
  ) {
    await recordState(jobs.store.db, row.id, findingOf(alone(last), row, now, settings.imageWaitMs));
  }
  // Where the end is known by now, this changes nothing.
  await recordState(
    jobs.store.db,
    row.id,
    row.state === "CANCELLING"
      ? // Who cancelled it is the reason still.
        { state: "CANCELLED", at: now, reason: row.reason ?? undefined, hint: row.hint ?? undefined }
      : {
          state: "FAILED",
          at: now,
          reason: "was deleted from the cluster by somebody else",
          hint: "submit the job again, unless somebody meant to end it",
        },
  );
}
