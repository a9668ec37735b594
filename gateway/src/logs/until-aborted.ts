/** What `source` yields until the signal, at which it ends at once, also while `source` is still at work. */
export async function* untilAborted<T>(
  source: AsyncGenerator<T, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const result = await nextUnlessAborted(source, signal);
      if (result === undefined || result.done === true) return;
      yield result.value;
    }
  } finally {
    // Not waited for: it may be in the middle of a request.
    source.return().catch(() => undefined);
  }
}

/** With a listener a turn: a promise that lives as long as the stream would keep every turn in memory. */
function nextUnlessAborted<T>(
  source: AsyncGenerator<T, void, undefined>,
  signal: AbortSignal,
): Promise<IteratorResult<T, void> | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve(undefined);
    };
    signal.addEventListener("abort", stop, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener("abort", stop);
      });
  });
}
