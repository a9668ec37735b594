import { setTimeout as delay } from "node:timers/promises";

/** What a probe saw: the end of the waiting with its result, or the state so far. */
export type Probed<T> = { readonly done: T } | { readonly waiting: string };

/**
 * Polls until the probe is done. A probe that throws ends the waiting at once: it is for what can only get worse.
 * @throws when the time is over, with what was awaited and the state seen last.
 */
export async function until<T>(
  description: string,
  timeoutMs: number,
  probe: () => Promise<Probed<T>>,
  intervalMs = 500,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const probed = await probe();
    if ("done" in probed) return probed.done;
    if (Date.now() >= end) {
      throw new Error(
        `waited ${Math.round(timeoutMs / 1000)} s for ${description}; last seen: ${probed.waiting}`,
      );
    }
    await delay(Math.min(intervalMs, Math.max(end - Date.now(), 1)));
  }
}
