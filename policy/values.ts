/** Reading inputs of which some cannot be known before they are made. */
import { isRecord } from "../jobs/manifest/record.ts";

/** What stands for a value that a preview cannot know yet: what Pulumi itself puts there (`runtime.unknownValue`). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Fields = Readonly<Record<string, unknown>>;

/** The value at a path of fields: undefined where a step is missing, `unknown` where one is not known. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, field) => {
    if (inner === unknown) return unknown;
    return isRecord(inner) ? inner[field] : undefined;
  }, value);
}

/** Whether a value is one of the wanted, or may turn out to be. */
export function mayBe(value: unknown, ...wanted: readonly unknown[]): boolean {
  return value === unknown || wanted.includes(value);
}

/** The entries of a list, or the one value that stands for a list of it; none where it is missing or not known. */
export function entries(value: unknown): readonly unknown[] {
  if (value === undefined || value === null || value === unknown) return [];
  return Array.isArray(value) ? value : [value];
}

/** The texts among the entries of a list, or of the one value that stands for it. */
export function texts(value: unknown): readonly string[] {
  return entries(value).filter((each): each is string => typeof each === "string" && each !== unknown);
}

/** Whether a list, or the one value that stands for it, holds that value, or may turn out to. */
export function mayInclude(list: unknown, wanted: unknown): boolean {
  return list === unknown || entries(list).some((each) => mayBe(each, wanted));
}

/** What a JSON text says, or the value itself where it is no text; undefined where the text is not JSON. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string" || value === unknown) return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
