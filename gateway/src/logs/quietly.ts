export const quiet = Symbol("nothing came for a while");

/** What `source` yields, and `quiet` whenever it has yielded nothing for `ms`. It asks for the next only when asked itself. */
export async function* quietly<T>(
  source: AsyncGenerator<T, void, undefined>,
  ms: number,
): AsyncGenerator<T | typeof quiet, void, undefined> {
  for (;;) {
    const next = source.next();
    // Whoever stops asking does not hear of its end.
    next.catch(() => undefined);
    let result: IteratorResult<T, void> | typeof quiet;
    while ((result = await within(next, ms)) === quiet) yield quiet;
    if (result.done === true) return;
    yield result.value;
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | typeof quiet> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof quiet>((resolve) => {
    timer = setTimeout(resolve, ms, quiet);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
