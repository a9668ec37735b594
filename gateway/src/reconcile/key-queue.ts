import { secondMs } from "../clock.ts";
import type { Pace } from "./pace.ts";

const waitsMs = [1, 2, 5, 10, 30].map((seconds) => seconds * secondMs);

export interface KeyQueueOptions {
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** How long further news of a key are waited for, since they come in bursts. */
  readonly debounceMs: number;
  /** How many keys are handled at once; one key never is. */
  readonly parallel: number;
  readonly handle: (key: string) => Promise<void>;
  /** Hears of what will be tried again. */
  readonly onError: (key: string, error: unknown) => void;
  /** Hears how long the news of a key took to be handled. */
  readonly onDone: (ms: number) => void;
}

/** Keys about which there is news, each handled after it, again where more comes meanwhile, and until it succeeds. */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  /** When the oldest news of a key came that is not handled; undefined while the newest is being handled. */
  readonly #news = new Map<string, number | undefined>();
  readonly #running = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
    this.#free = options.parallel;
  }

  add(key: string): void {
    const { pace, signal } = this.#options;
    if (signal.aborted) return;
    const isKnown = this.#news.has(key);
    this.#news.set(key, this.#news.get(key) ?? pace.elapsed());
    if (isKnown) return;
    const run = this.#run(key).finally(() => {
      this.#news.delete(key);
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** Resolves once nothing is being handled; after the signal only. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(key: string): Promise<void> {
    const { pace, signal, debounceMs, handle, onError, onDone } = this.#options;
    const isStopped = (): boolean => signal.aborted;
    for (let failures = 0, since = this.#news.get(key); since !== undefined;) {
      const waitMs = failures === 0 ? debounceMs : waitsMs[Math.min(failures, waitsMs.length) - 1];
      await pace.wait(waitMs ?? 0, signal);
      await this.#slot();
      try {
        if (isStopped()) return;
        this.#news.set(key, undefined);
        await handle(key);
        onDone(pace.elapsed() - since);
        failures = 0;
        since = this.#news.get(key);
      } catch (error) {
        if (isStopped()) return;
        onError(key, error);
        failures += 1;
      } finally {
        this.#leave();
      }
    }
  }

  async #slot(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
