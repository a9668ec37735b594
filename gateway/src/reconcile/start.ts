import { randomUUID } from "node:crypto";

import { secondMs } from "../clock.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { LogKeeper } from "./keep-logs.ts";
import { Lease } from "./lease.ts";
import type { ReconcileMetrics } from "./metrics.ts";
import { realPace, type Pace } from "./pace.ts";
import { pruneApplications } from "./prune.ts";
import { reconcileNamespace } from "./reconcile-namespace.ts";
import { standardSettings, type Reconciling, type ReconcileSettings } from "./reconciling.ts";
import { together } from "./together.ts";
import { whileHeld } from "./while-held.ts";

const pruneEveryMs = 3600 * secondMs;

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
        pruneRepeatedly(reconciling, until),
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

/** Now and every hour. What fails is tried again an hour later. */
async function pruneRepeatedly({ jobs, settings, pace }: Reconciling, signal: AbortSignal): Promise<void> {
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    try {
      await pruneApplications(jobs, settings.keptMs, signal);
    } catch (err) {
      jobs.logger.error({ err }, "old applications could not be deleted");
    }
    await pace.wait(pruneEveryMs, signal);
  }
}
