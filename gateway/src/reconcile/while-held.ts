import type { FastifyBaseLogger } from "fastify";

import { renewEveryMs, type Lease } from "./lease.ts";
import type { Pace } from "./pace.ts";

/**
 * Does `work` whenever the lease is held, until `signal`; `work` gets a signal of its own, and is told by it to stop once
 * the lease is lost or cannot be renewed. Work that ends by itself, or fails, begins anew at the next sign of life.
 * Resolves once the work has stopped and the lease is handed back.
 */
export async function whileHeld(
  lease: Lease,
  { elapsed, wait }: Pace,
  logger: FastifyBaseLogger,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let current: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    const next = elapsed() + renewEveryMs;
    // A store that does not answer must not keep the work going: the time that is left is waited for as well.
    const ticked = lease.tick().catch((err: unknown) => {
      logger.warn({ err }, "the lease could not be renewed");
    });
    while (!(await settledWithin(ticked, lease, wait, signal))) {
      if (lease.heldForMs() === 0 || isStopped()) break;
    }
    if (lease.heldForMs() === 0 || isStopped()) {
      current?.stop.abort();
      await current?.done;
      current = undefined;
      await ticked;
    }
    if (lease.heldForMs() > 0 && !isStopped() && current === undefined) {
      const stop = new AbortController();
      const done = work(stop.signal).catch((err: unknown) => {
        logger.error({ err }, "the work that one gateway does alone has failed");
      });
      current = { stop, done };
      const started = current;
      void done.then(() => {
        if (current === started) current = undefined;
      });
    }
    await wait(Math.max(0, Math.min(next - elapsed(), lease.heldForMs() || Infinity)), signal);
  }
  current?.stop.abort();
  await current?.done;
  await lease.release().catch((err: unknown) => {
    logger.warn({ err }, "the lease could not be handed back; another takes it once it stands still");
  });
}

/** Whether a promise is settled before the lease is no longer sure. */
async function settledWithin(
  ticked: Promise<void>,
  lease: Lease,
  wait: Pace["wait"],
  signal: AbortSignal,
): Promise<boolean> {
  if (lease.heldForMs() === 0) {
    await ticked;
    return true;
  }
  const stop = new AbortController();
  try {
    return await Promise.race([
      ticked.then(() => true),
      wait(lease.heldForMs(), AbortSignal.any([signal, stop.signal])).then(() => false),
    ]);
  } finally {
    stop.abort();
  }
}
