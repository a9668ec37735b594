import type { Pace } from "../../src/reconcile/pace.ts";

interface Waiter {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only as the test says. */
export class VirtualPace implements Pace {
  #now = 0;
  readonly #waiters = new Set<Waiter>();

  readonly elapsed = (): number => this.#now;

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter = { at: this.#now + ms, wake };
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#waiters.add(waiter);
      signal.addEventListener("abort", wake, { once: true });
    });

  /** Lets time pass, and wakes whoever has waited for it. */
  advance(ms: number): void {
    this.#now += ms;
    for (const { at, wake } of this.#waiters) if (at <= this.#now) wake();
  }
}
