/** Reading JSON of unknown shape (what an API server, helm or a program answers) without trusting it. */
export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of fields; undefined where a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, field) => (isRecord(inner) ? inner[field] : undefined), value);
}

export function recordAt(value: unknown, ...path: readonly string[]): Fields {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When the controller last wrote it. */
  readonly changed: string;
}

/** The condition of that type in `status.conditions`. */
export function condition(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, "status", "conditions").find((each) => textAt(each, "type") === type);
  if (found === undefined) return undefined;
  return {
    status: textAt(found, "status") ?? "",
    reason: textAt(found, "reason") ?? "",
    message: textAt(found, "message") ?? "",
    changed: textAt(found, "lastUpdateTime") ?? textAt(found, "lastTransitionTime") ?? "",
  };
}

export function parseJson(text: string): unknown {
  return JSON.parse(text);
}

/** The same text for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** `apiVersion/kind` of an object. */
export function refOfKind(object: unknown): string {
  return `${textAt(object, "apiVersion") ?? ""}/${textAt(object, "kind") ?? ""}`;
}
