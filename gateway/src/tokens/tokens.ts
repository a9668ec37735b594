import { secondMs, type Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";

/** What the Token Manager works with. */
export interface Tokens {
  readonly store: Store;
  readonly now: Clock;
  /** For how long a used token is answered as before, in milliseconds: what makes retries safe. */
  readonly graceMs: number;
}

/** How far the clocks of gateways may be apart, and how far one may be put back, before tokens seem to be from the future. */
export const clockToleranceMs = 60 * secondMs;
