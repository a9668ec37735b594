import { randomUUID } from "node:crypto";

import { secondMs } from "../clock.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { LogKeeper } from "./keep-logs.ts";
import { Lease } from "./lease.ts";
import type { ReconcileMetrics } from "./metrics.ts";
import { realPace, type Pace } from "./pace.ts";
import { makeRoom, pruneApplications } from "./prune.ts";
import { removeLogsOfDeleted } from "./remove-logs.ts";
import { reconcileNamespace } from "./reconcile-namespace.ts";
import { standardSettings, type Reconciling, type ReconcileSettings } from "./reconciling.ts";
import { together } from "./together.ts";
import { whileHeld } from "./while-held.ts";

const pruneEveryMs = 3600 * secondMs;
const makeRoomEveryMs = 60 * secondMs;
/** Whoever deletes an application wants its log gone; an archive that was away is asked again as soon. */
const removeEveryMs = 60 * secondMs;

export interface ReconcilerParts {
  readonly metrics: ReconcileMetrics;
  /** Default: logs go with their pods. */
  readonly archive?: LogKeeper | undefined;
  readonly settings?: Partial<ReconcileSettings>;
  readonly pace?: Pace;
}

/**
 * Starts what keeps applications in the store in line with the cluster, ends what has to end, keeps logs, and forgets what
 * is old. Of all gateways on a store, one does it at a time. `stop` resolves once nothing of it goes on.
 */
export function startReconciler(
  jobs: Jobs,
  { metrics, archive, settings, pace = realPace }: ReconcilerParts,
): { stop(): Promise<void> } {
  const { store, logger } = jobs;
  const reconciling = { jobs, archive, settings: { ...standardSettings, ...settings }, metrics, pace };
  const stop = new AbortController();
  const lease = new Lease(store.db, "reconcile", randomUUID(), pace.elapsed);
  const done = whileHeld(lease, pace, logger, stop.signal, async (signal) => {
    metrics.leading(true);
    logger.info("this gateway reconciles");
    try {
      await together(signal, (until) => [
        ...Object.keys(jobs.platform.namespaces).map((each) => reconcileNamespace(reconciling, each, until)),
        repeatedly(reconciling, pruneEveryMs, until, () => pruneApplications(reconciling, until)),
        repeatedly(reconciling, makeRoomEveryMs, until, () => makeRoom(reconciling, until)),
        repeatedly(reconciling, removeEveryMs, until, () => removeLogsOfDeleted(reconciling, until)),
      ]);
    } finally {
      metrics.leading(false);
      logger.info("this gateway no longer reconciles");
    }
  });
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

/** Now and again and again. What fails is tried again the next time. */
async function repeatedly(
  { jobs, pace }: Reconciling,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    try {
      await work();
    } catch (err) {
      if (!isStopped()) jobs.logger.error({ err }, "what is old or was deleted could not be removed");
    }
    await pace.wait(everyMs, signal);
  }
}
