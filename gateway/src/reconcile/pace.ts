import { setTimeout as sleep } from "node:timers/promises";

/** How time passes for what runs on its own. Handed in, so that tests pass it themselves. */
export interface Pace {
  /** Milliseconds since some moment of this process: it never steps, and says nothing to another process. */
  readonly elapsed: () => number;
  /** Waits; ends early, and without an error, once `signal` is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const realPace: Pace = {
  elapsed: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};
