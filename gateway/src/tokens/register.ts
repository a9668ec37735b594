import { randomUUID } from "node:crypto";

import type { Transaction } from "kysely";

import { record, type Call } from "../audit/audit.ts";
import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { FamilyRow, RegisterTokenRow, Tables } from "../store/tables.ts";
import { issuePair, repeatPair } from "./issue.ts";
import type { TokenPair } from "./schemas.ts";
import { hashToken, mintNonce } from "./token.ts";
import type { Tokens } from "./tokens.ts";

const action = "tokens:register";

/**
 * Makes a family from a register token, which is used up with it. Within the grace a retry gets the same pair, as with
 * refresh tokens. Afterwards it is refused, and the family lives on: register tokens pass through the hands of people,
 * and a script that runs twice is no theft. Who finds the own token used before its first use, tells an admin, who sees
 * in the audit log from where it was used.
 * @throws Problem `token-invalid`, `token-expired`, `token-revoked`, `register-token-used`.
 */
export function register(tokens: Tokens, call: Call, token: string): Promise<TokenPair> {
  return tokens.store.db.transaction().execute(async (transaction) => {
    const time = tokens.now();
    const row = await lockToken(transaction, hashToken(token));
    if (row === undefined)
      throw new Problem("token-invalid", "this register token is not known; ask an admin");
    const target = row.id;
    if (row.revoked_at !== null) throw new Problem("token-revoked", "ask an admin for a new one", { target });
    if (row.used_at !== null) return again(tokens, transaction, call, token, row);
    if (row.expires_at !== null && time >= row.expires_at) {
      throw new Problem("token-expired", "ask an admin for a new one", { target });
    }
    const nonce = mintNonce();
    const family = await createFamily(transaction, row, nonce, time);
    const pair = await issuePair(transaction, family, { token, nonce }, time);
    const detail = `registered as family ${family.id}`;
    await record(transaction, time, call, {
      action,
      outcome: "allowed",
      target,
      detail,
      actor: row.client_name,
    });
    return pair;
  });
}

/** The answer to a register token that was used before. */
async function again(
  { now, graceMs }: Tokens,
  transaction: Transaction<Tables>,
  call: Call,
  token: string,
  row: RegisterTokenRow,
): Promise<TokenPair> {
  const time = now();
  const target = row.id;
  const family = await transaction
    .selectFrom("families")
    .selectAll()
    .where("register_token_id", "=", row.id)
    .executeTakeFirstOrThrow();
  if (family.revoked_at !== null)
    throw new Problem("token-revoked", "ask an admin for a new one", { target });
  if (row.nonce === null || Math.abs(time - (row.used_at ?? 0)) > graceMs) {
    throw new Problem("register-token-used", "if it was not you, tell an admin", { target });
  }
  const pair = await repeatPair(transaction, family, { token, nonce: row.nonce }, time);
  await record(transaction, time, call, {
    action,
    outcome: "allowed",
    target,
    detail: "repeated",
    actor: row.client_name,
  });
  return pair;
}

/** Locks as `lockFamily` of refresh.ts does. */
function lockToken(transaction: Transaction<Tables>, hash: string): Promise<RegisterTokenRow | undefined> {
  return transaction
    .updateTable("register_tokens")
    .set((row) => ({ id: row.ref("id") }))
    .where("hash", "=", hash)
    .returningAll()
    .executeTakeFirst();
}

async function createFamily(
  transaction: Transaction<Tables>,
  row: RegisterTokenRow,
  nonce: string,
  time: number,
): Promise<FamilyRow> {
  await transaction
    .updateTable("register_tokens")
    .set({ used_at: time, nonce })
    .where("id", "=", row.id)
    .execute();
  return transaction
    .insertInto("families")
    .values({
      id: randomUUID(),
      register_token_id: row.id,
      client_name: row.client_name,
      role: row.role,
      namespaces: row.namespaces,
      access_seconds: row.access_seconds,
      refresh_seconds: row.refresh_seconds,
      created_at: time,
      refreshed_at: time,
      expires_at: time + row.refresh_seconds * secondMs,
      revoked_at: null,
      revoked_because: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
