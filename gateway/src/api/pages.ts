import { z } from "zod";

import { Problem } from "../errors/problem.ts";

/** What a list's query says. Cursors are opaque: the client sends back what it was given. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ description: "how many at most", examples: [50] }),
  cursor: z
    .string()
    .max(200)
    .regex(/^[\w-]+$/)
    .optional()
    .meta({ description: "nextCursor of the page before; none for the first page" }),
});

/** One page of a list, newest first. */
export function pageSchema<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodOptional<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .optional()
      .meta({ description: "the next page's cursor; none where this is the last" }),
  });
}

export interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}

/** A page from up to `limit + 1` rows: the one too many only says that there is more. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => readonly (string | number)[],
  item: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    ...(rows.length > limit && last !== undefined && { nextCursor: encode(position(last)) }),
  };
}

/** The position in a list that is ordered by age: a time, and an id among those of the same time. */
export const ageSchema = z.tuple([z.int(), z.uuid()]);

/** The position that a cursor stands for. @throws Problem where it is none of ours. */
export function position<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  const parsed = schema.safeParse(decode(cursor));
  if (parsed.success) return parsed.data;
  throw invalidCursor();
}

function encode(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw invalidCursor();
  }
}

function invalidCursor(): Problem {
  return new Problem("invalid-input", "query.cursor: is not a cursor of this list", {
    violations: [
      {
        path: "query.cursor",
        problem: "is not a cursor of this list",
        expected: "nextCursor of the page before, as it was; none for the first page",
      },
    ],
  });
}
