import type { Transaction } from "kysely";

import { record, type Call } from "../audit/audit.ts";
import type { Resource } from "../auth/authorize.ts";
import type { Store } from "../store/store.ts";
import type { RevokedBecause, Tables } from "../store/tables.ts";
import type { Revoked } from "./schemas.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Revokes a family: none of its tokens is good from now on, access tokens included. With `cascade`, also the register
 * tokens that it made, the families that came of them, what those made, and so on: all that a stolen admin's token can
 * have left behind. Once more changes nothing.
 */
export function revokeFamily(tokens: Tokens, call: Call, id: string, cascade: boolean): Promise<Revoked> {
  return tokens.store.db.transaction().execute(async (transaction) => {
    const time = tokens.now();
    const own = await endFamilies(transaction, [id], "request", time);
    const below = cascade ? await revokeMadeBy(transaction, [id], time) : nothing;
    const revoked = { families: own + below.families, registerTokens: below.registerTokens };
    await recordRevoked(transaction, time, call, "families:revoke", id, revoked);
    return revoked;
  });
}

/** Revokes a register token: it cannot be used any more. With `cascade`, also what came of it, as with families. */
export function revokeRegisterToken(
  tokens: Tokens,
  call: Call,
  id: string,
  cascade: boolean,
): Promise<Revoked> {
  return tokens.store.db.transaction().execute(async (transaction) => {
    const time = tokens.now();
    const own = await endRegisterTokens(transaction, [id], time);
    const below = cascade ? await revokeCameOf(transaction, [id], time) : nothing;
    const revoked = { families: below.families, registerTokens: own + below.registerTokens };
    await recordRevoked(transaction, time, call, "register-tokens:revoke", id, revoked);
    return revoked;
  });
}

/** Whose a family is, for the decision who may revoke it. */
export async function familyOwner({ db }: Store, id: string): Promise<Resource | undefined> {
  const row = await db.selectFrom("families").select("client_name").where("id", "=", id).executeTakeFirst();
  return row && { owner: row.client_name, namespace: undefined };
}

const nothing: Revoked = { families: 0, registerTokens: 0 };

/** The register tokens that `families` made, and what came of those. */
async function revokeMadeBy(
  transaction: Transaction<Tables>,
  families: readonly string[],
  time: number,
): Promise<Revoked> {
  // PostgreSQL knows no empty list; and here the recursion ends.
  if (families.length === 0) return nothing;
  const made = await transaction
    .selectFrom("register_tokens")
    .select("id")
    .where("created_by_family", "in", families)
    .execute();
  const ids = made.map(({ id }) => id);
  const own = await endRegisterTokens(transaction, ids, time);
  const below = await revokeCameOf(transaction, ids, time);
  return { families: below.families, registerTokens: own + below.registerTokens };
}

/** The families that came of `registerTokens`, and what those made. It ends, since what is made is younger. */
async function revokeCameOf(
  transaction: Transaction<Tables>,
  registerTokens: readonly string[],
  time: number,
): Promise<Revoked> {
  if (registerTokens.length === 0) return nothing;
  const came = await transaction
    .selectFrom("families")
    .select("id")
    .where("register_token_id", "in", registerTokens)
    .execute();
  const ids = came.map(({ id }) => id);
  const own = await endFamilies(transaction, ids, "cascade", time);
  const below = await revokeMadeBy(transaction, ids, time);
  return { families: own + below.families, registerTokens: below.registerTokens };
}

async function endFamilies(
  transaction: Transaction<Tables>,
  ids: readonly string[],
  because: RevokedBecause,
  time: number,
): Promise<number> {
  if (ids.length === 0) return 0;
  const ended = await transaction
    .updateTable("families")
    .set({ revoked_at: time, revoked_because: because })
    .where("id", "in", ids)
    .where("revoked_at", "is", null)
    .returning("id")
    .execute();
  return ended.length;
}

async function endRegisterTokens(
  transaction: Transaction<Tables>,
  ids: readonly string[],
  time: number,
): Promise<number> {
  if (ids.length === 0) return 0;
  const ended = await transaction
    .updateTable("register_tokens")
    .set({ revoked_at: time })
    .where("id", "in", ids)
    .where("revoked_at", "is", null)
    .where("used_at", "is", null)
    .returning("id")
    .execute();
  return ended.length;
}

function recordRevoked(
  transaction: Transaction<Tables>,
  time: number,
  call: Call,
  action: "families:revoke" | "register-tokens:revoke",
  target: string,
  { families, registerTokens }: Revoked,
): Promise<void> {
  const detail = `families: ${families}, register tokens: ${registerTokens}`;
  return record(transaction, time, call, { action, outcome: "allowed", target, detail });
}
