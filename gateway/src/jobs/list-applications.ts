import type { Kysely } from "kysely";
import { z } from "zod";

import { page, position, type Page } from "../api/pages.ts";
import type { Tables } from "../store/tables.ts";
import type { ApplicationState } from "./application.ts";
import { applicationIdSchema } from "./application-id.ts";
import { shownColumns, toApplication, type Application } from "./application-view.ts";

/** Which applications to list; what is left out is of no matter. */
export interface Filter {
  readonly owner?: string | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly states?: readonly ApplicationState[] | undefined;
  /** Submitted then or later; milliseconds since 1970. */
  readonly since?: number | undefined;
}

/** The position in the list: when it was submitted, and the id among those of the same time. */
const positionSchema = z.tuple([z.int(), applicationIdSchema]);

/** A page of the applications that are not deleted, newest first. */
export async function listApplications(
  db: Kysely<Tables>,
  { owner, namespaces, states, since }: Filter,
  pagesUrl: string | undefined,
  limit: number,
  cursor: string | undefined,
): Promise<Page<Application>> {
  let query = db.selectFrom("applications").select(shownColumns).where("deleted_at", "is", null);
  if (owner !== undefined) query = query.where("owner", "=", owner);
  if (namespaces !== undefined) query = query.where("namespace", "in", namespaces);
  if (states !== undefined) query = query.where("state", "in", states);
  if (since !== undefined) query = query.where("submitted_at", ">=", since);
  if (cursor !== undefined) {
    const [time, id] = position(positionSchema, cursor);
    query = query.where((row) => row(row.refTuple("submitted_at", "id"), "<", row.tuple(time, id)));
  }
  const rows = await query
    .orderBy("submitted_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return page(
    rows,
    limit,
    (row) => [row.submitted_at, row.id],
    (row) => toApplication(row, pagesUrl),
  );
}
