import { z } from "zod";

import type { Namespaces } from "../auth/subject.ts";

/** As the API has them; null: tokens are not limited. */
export type TokenNamespaces = string[] | null;

const storedSchema = z.array(z.string());

/** The column of a list of namespaces. */
export function toColumn(namespaces: TokenNamespaces): string | null {
  return namespaces === null ? null : JSON.stringify(namespaces);
}

/** The list of a column. @throws Error where it is none, so that a broken row lets nobody in everywhere. */
export function fromColumn(column: string | null): TokenNamespaces {
  return column === null ? null : storedSchema.parse(JSON.parse(column));
}

export function toNamespaces(column: string | null): Namespaces {
  return fromColumn(column) ?? "all";
}
