import { secondMs } from "../clock.ts";
import { realPace, type Pace } from "../reconcile/pace.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { dispatch, retryMs, type Outcome } from "./dispatch.ts";
import type { Jobs } from "./jobs.ts";
import { claimNext, nextTurnAt } from "./queue.ts";
import type { SubmissionMetrics } from "./submission-metrics.ts";

export interface Dispatcher {
  /** Brings a row that the caller has claimed into the cluster. @throws the store's error. */
  readonly dispatch: (row: ApplicationRow) => Promise<Outcome>;
  /** Tells that the queue has another row, so that its turn is looked up. */
  readonly wake: () => void;
  /** Ends the loop, once what it is just doing is done. */
  readonly stop: () => Promise<void>;
}

/** How long the loop sleeps at most: other gateways' rows, and clocks that step, are seen so late. */
const idleMs = 5 * secondMs;
/** And at least: of gateways that wake at once for the same turn, one has it. */
const leastMs = 0.02 * secondMs;

/**
 * Drains the queue, one row after another, as fast as the limits allow. Sleeps until the next turn, or until it is woken.
 * Any number of gateways may run one each: what counts is in the store.
 */
export function startDispatcher(jobs: Jobs, metrics: SubmissionMetrics, pace: Pace = realPace): Dispatcher {
  const stopping = new AbortController();
  let waking = new AbortController();

  const timed = async (row: ApplicationRow): Promise<Outcome> => {
    const begin = performance.now();
    const outcome = await dispatch(jobs, row);
    metrics.timeDispatch(outcome, performance.now() - begin);
    return outcome;
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const ms = await drain(jobs, timed, stopping.signal).catch((err: unknown) => {
        jobs.logger.error({ err }, "the queue could not be drained");
        return idleMs;
      });
      await pace.wait(ms, AbortSignal.any([stopping.signal, waking.signal]));
    }
  };
  const running = run();

  return {
    dispatch: timed,
    wake: () => {
      waking.abort();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Until no row has a turn, or the cluster does not answer. Returns how long to sleep. */
async function drain(
  { store: { db }, platform, now }: Jobs,
  work: (row: ApplicationRow) => Promise<Outcome>,
  stopping: AbortSignal,
): Promise<number> {
  while (!stopping.aborted) {
    const row = await claimNext(db, platform.limits, now());
    if (row === undefined) break;
    if ((await work(row)) === "postponed") return retryMs;
  }
  const time = now();
  const next = (await nextTurnAt(db, time)) ?? Infinity;
  return Math.min(Math.max(next - time, leastMs), idleMs);
}
