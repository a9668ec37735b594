import type { z } from "zod";

import { childOf, isRecordSchema } from "./schema-docs.ts";
import { joinPath } from "./violations.ts";
import type { Violation } from "./violations.ts";

/** The keys that zod leaves out of a record without a word: `__proto__`, which names no property of a plain object. */
export function lostKeys(schema: z.core.$ZodType, input: unknown, path: string): readonly Violation[] {
  if (typeof input !== "object" || input === null) return [];
  const lost = isRecordSchema(schema) && Object.hasOwn(input, "__proto__");
  const below = Object.entries(input).flatMap(([key, value]: [string, unknown]) => {
    const inner = childOf(schema, key);
    return inner === undefined
      ? []
      : lostKeys(inner, value, joinPath(path, Array.isArray(input) ? Number(key) : key));
  });
  if (!lost) return below;
  const problem = 'the name "__proto__" is one that JavaScript keeps for itself';
  return [{ path: joinPath(path, "__proto__"), problem, expected: "another name" }, ...below];
}
