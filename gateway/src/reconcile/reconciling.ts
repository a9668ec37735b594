import { dayMs, secondMs } from "../clock.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { LogKeeper } from "./keep-logs.ts";
import type { ReconcileMetrics } from "./metrics.ts";
import type { Pace } from "./pace.ts";

export interface ReconcileSettings {
  /** A driver that waits longer for an image that cannot be pulled is given up. Default: 10 minutes. */
  readonly imageWaitMs: number;
  /** Applications are remembered for so long after their end. Default: 90 days. */
  readonly keptMs: number;
}

export const standardSettings: ReconcileSettings = { imageWaitMs: 600 * secondMs, keptMs: 90 * dayMs };

/** What all that reconciles works with. */
export interface Reconciling {
  readonly jobs: Jobs;
  /** Where logs go before they go. Undefined: nowhere. */
  readonly archive: LogKeeper | undefined;
  readonly settings: ReconcileSettings;
  readonly metrics: ReconcileMetrics;
  readonly pace: Pace;
}
