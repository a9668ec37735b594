/**
 * Runs tasks that go on until their signal, together: it is `signal`, and also ends once one of them fails, so that none is
 * left behind. Resolves once all have ended. @throws the first failure.
 */
export async function together(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const failed = new AbortController();
  const failures: unknown[] = [];
  const tasks = begin(AbortSignal.any([signal, failed.signal]));
  await Promise.all(
    tasks.map((task) =>
      task.catch((error: unknown) => {
        failures.push(error);
        failed.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
