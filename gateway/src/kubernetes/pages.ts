import { z } from "zod";

import { TooLarge } from "./transport.ts";

/** Objects that a page has at the most. */
const pageObjects = 500;

/** Bytes that a page of more than one object may have. The text and what is parsed of it are in memory at once. */
export const pageBytes = 2 * 1024 * 1024;

/** Pages that are in memory at once, over all namespaces and kinds. */
const pagesAtOnce = 4;

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().default(""), continue: z.string().optional() }),
  items: z.array(z.unknown()),
});

export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** Asks for a page. @throws TooLarge where it has more than `maxBytes`; undefined: as many as one object may have. */
export type AskPage = (
  query: { readonly limit: string; readonly continue: string | undefined },
  maxBytes: number | undefined,
) => Promise<string>;

/**
 * Reads lists in pages that have a limit in bytes: what is in memory does not grow with the size of objects, of which
 * only what `schema` names is kept. The API server knows limits in objects alone; so of a page that is too large, half
 * as many objects are asked for, down to a single one, and more again once they are small.
 */
export class PagedLists {
  #free = pagesAtOnce;
  readonly #waiting: (() => void)[] = [];

  /** @throws what `ask` throws, or the schema's error. */
  async all<T>(schema: z.ZodType<T>, ask: AskPage): Promise<Listed<T>> {
    const items: T[] = [];
    let from: string | undefined;
    for (let limit = pageObjects; ;) {
      const page = await this.#inTurn(() => read(schema, limit, from, ask));
      if (page === undefined) {
        limit = Math.ceil(limit / 2);
        continue;
      }
      items.push(...page.items);
      if (page.continue === undefined) return { items, resourceVersion: page.resourceVersion };
      from = page.continue;
      limit = Math.min(2 * limit, pageObjects);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** Undefined: it is too large. */
async function read<T>(
  schema: z.ZodType<T>,
  limit: number,
  from: string | undefined,
  ask: AskPage,
): Promise<(Listed<T> & { readonly continue: string | undefined }) | undefined> {
  try {
    const text = await ask({ limit: String(limit), continue: from }, limit > 1 ? pageBytes : undefined);
    const { metadata, items } = listSchema.parse(JSON.parse(text));
    return {
      items: items.map((item) => schema.parse(item)),
      resourceVersion: metadata.resourceVersion,
      continue: metadata.continue === "" ? undefined : metadata.continue,
    };
  } catch (error) {
    if (error instanceof TooLarge && limit > 1) return undefined;
    throw error;
  }
}
