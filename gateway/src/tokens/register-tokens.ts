import { randomUUID } from "node:crypto";

import type { Transaction } from "kysely";

import { ageSchema, page, position, type Page } from "../api/pages.ts";
import { iso, isoOrNull } from "../api/times.ts";
import { record, type Call } from "../audit/audit.ts";
import type { Resource } from "../auth/authorize.ts";
import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { Store } from "../store/store.ts";
import type { RegisterTokenRow, Tables } from "../store/tables.ts";
import type { RegisterToken, RegisterTokenInput } from "./schemas.ts";
import { fromColumn, toColumn } from "./token-namespaces.ts";
import { hashToken, mintToken } from "./token.ts";
import type { Tokens } from "./tokens.ts";

/** Makes a register token. The token itself is in the answer and nowhere else. */
export function createRegisterToken(
  tokens: Tokens,
  call: Call,
  input: RegisterTokenInput,
): Promise<RegisterToken & { registerToken: string }> {
  const registerToken = mintToken("register");
  return tokens.store.db.transaction().execute(async (transaction) => {
    const time = tokens.now();
    await demandActive(transaction, call.subject?.family);
    const row = newRow({
      hash: hashToken(registerToken),
      client_name: input.clientName,
      role: input.role,
      namespaces: toColumn(input.namespaces),
      access_seconds: input.accessLifetimeSeconds,
      refresh_seconds: input.refreshLifetimeSeconds,
      created_at: time,
      created_by: call.subject?.name ?? "",
      created_by_family: call.subject?.family ?? null,
      expires_at: time + input.expiresInSeconds * secondMs,
    });
    await transaction.insertInto("register_tokens").values(row).execute();
    const detail = [row.role, row.client_name, ...(input.namespaces ?? [])].join(" ");
    await record(transaction, time, call, {
      action: "register-tokens:create",
      outcome: "allowed",
      target: row.id,
      detail,
    });
    return { ...toRegisterToken(row, time), registerToken };
  });
}

/** A register token that nobody has used. */
export function newRow(
  values: Omit<RegisterTokenRow, "id" | "used_at" | "nonce" | "revoked_at">,
): RegisterTokenRow {
  return { ...values, id: randomUUID(), used_at: null, nonce: null, revoked_at: null };
}

/** A page of the register tokens, newest first. */
export async function listRegisterTokens(
  { store, now }: Tokens,
  limit: number,
  cursor: string | undefined,
): Promise<Page<RegisterToken>> {
  let query = store.db.selectFrom("register_tokens").selectAll();
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
    (row) => toRegisterToken(row, time),
  );
}

/** Whose a register token is; undefined where there is none with this id. */
export async function registerTokenOwner({ db }: Store, id: string): Promise<Resource | undefined> {
  const row = await db
    .selectFrom("register_tokens")
    .select("created_by")
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { owner: row.created_by, namespace: undefined };
}

/** A family that is just being revoked makes nothing that the cascade would not see: the one waits for the other. */
async function demandActive(transaction: Transaction<Tables>, family: string | undefined): Promise<void> {
  if (family === undefined) return;
  const active = await transaction
    .updateTable("families")
    .set((row) => ({ id: row.ref("id") }))
    .where("id", "=", family)
    .where("revoked_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (active === undefined) throw new Problem("token-revoked", "the family of this token is revoked");
}

function toRegisterToken(row: RegisterTokenRow, time: number): RegisterToken {
  return {
    id: row.id,
    clientName: row.client_name,
    role: row.role,
    namespaces: fromColumn(row.namespaces),
    accessLifetimeSeconds: row.access_seconds,
    refreshLifetimeSeconds: row.refresh_seconds,
    status: statusOf(row, time),
    createdAt: iso(row.created_at),
    createdBy: row.created_by,
    expiresAt: isoOrNull(row.expires_at),
    usedAt: isoOrNull(row.used_at),
  };
}

function statusOf(row: RegisterTokenRow, time: number): RegisterToken["status"] {
  if (row.used_at !== null) return "used";
  if (row.revoked_at !== null) return "revoked";
  return row.expires_at !== null && time >= row.expires_at ? "expired" : "unused";
}
