import { ageSchema, page, position, type Page } from "../api/pages.ts";
import { iso, isoOrNull } from "../api/times.ts";
import type { FamilyRow } from "../store/tables.ts";
import type { Family } from "./schemas.ts";
import { fromColumn } from "./token-namespaces.ts";
import type { Tokens } from "./tokens.ts";

/** A page of the families, newest first; `owner`: of this client's alone. */
export async function listFamilies(
  { store, now }: Tokens,
  owner: string | undefined,
  limit: number,
  cursor: string | undefined,
): Promise<Page<Family>> {
  let query = store.db.selectFrom("families").selectAll();
  if (owner !== undefined) query = query.where("client_name", "=", owner);
  if (cursor !== undefined) {
    const [time, id] = position(ageSchema, cursor);
    query = query.where((row) => row(row.refTuple("created_at", "id"), "<", row.tuple(time, id)));
  }
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const time = now();
  return page(
    rows,
    limit,
    (row) => [row.created_at, row.id],
    (row) => toFamily(row, time),
  );
}

function toFamily(row: FamilyRow, time: number): Family {
  return {
    id: row.id,
    clientName: row.client_name,
    role: row.role,
    namespaces: fromColumn(row.namespaces),
    accessLifetimeSeconds: row.access_seconds,
    refreshLifetimeSeconds: row.refresh_seconds,
    status: statusOf(row, time),
    registerTokenId: row.register_token_id,
    createdAt: iso(row.created_at),
    refreshedAt: iso(row.refreshed_at),
    expiresAt: iso(row.expires_at),
    revokedAt: isoOrNull(row.revoked_at),
    revokedBecause: row.revoked_because,
  };
}

function statusOf(row: FamilyRow, time: number): Family["status"] {
  if (row.revoked_at !== null) return "revoked";
  return time >= row.expires_at ? "expired" : "active";
}
