/** Whether a value of unknown shape is an object with keys: no list, no null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys with dots between; undefined where there is none. */
export function valueAt(given: unknown, path: string): unknown {
  return path.split(".").reduce((value, key) => (isRecord(value) ? value[key] : undefined), given);
}
