type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without keys that hold undefined: a key that is there but undefined must not hide a default. */
export function defined<T extends object>(object: T): Partial<Defined<T>>;
export function defined(object: object): object {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]: [string, unknown]) => value !== undefined),
  );
}
