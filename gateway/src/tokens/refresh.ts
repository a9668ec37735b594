import type { Transaction } from "kysely";

import { record, type Call } from "../audit/audit.ts";
import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { FamilyRow, RefreshTokenRow, Tables } from "../store/tables.ts";
import { issuePair, repeatPair } from "./issue.ts";
import { decide } from "./rotation.ts";
import type { TokenPair } from "./schemas.ts";
import { hashToken, mintNonce } from "./token.ts";
import type { Tokens } from "./tokens.ts";

const action = "tokens:refresh";

/**
 * The next pair for a refresh token, by the rules of rotation.ts. One transaction: a gateway that dies in it has done
 * nothing, and one that dies after it is asked again within the grace.
 * @throws Problem `token-invalid`, `token-expired`, `token-revoked`, `refresh-token-reused`, `refresh-token-used`.
 */
export async function refresh(tokens: Tokens, call: Call, token: string): Promise<TokenPair> {
  const outcome = await tokens.store.db
    .transaction()
    .execute((transaction) => rotate(tokens, transaction, call, token));
  // Thrown here and not in the transaction, which would take the revocation back.
  if (outcome instanceof Problem) throw outcome;
  return outcome;
}

async function rotate(
  { now, graceMs }: Tokens,
  transaction: Transaction<Tables>,
  call: Call,
  token: string,
): Promise<TokenPair | Problem> {
  const hash = hashToken(token);
  const family = await lockFamily(transaction, hash);
  const row = await tokenRow(transaction, hash);
  if (family === undefined || row === undefined) {
    return new Problem("token-invalid", "this refresh token is not known; register anew");
  }
  const target = family.id;
  const time = now();
  const recordAllowed = (detail: string): Promise<void> =>
    record(transaction, time, call, {
      action,
      outcome: "allowed",
      target,
      detail,
      actor: family.client_name,
    });
  const decision = decide(family, row, time, graceMs);
  switch (decision) {
    case "rotate": {
      const nonce = mintNonce();
      await useUp(transaction, family, hash, nonce, time);
      const pair = await issuePair(transaction, family, { token, nonce }, time);
      await recordAllowed("rotated");
      return pair;
    }
    case "repeat": {
      const pair = await repeatPair(transaction, family, { token, nonce: row.nonce ?? "" }, time);
      await recordAllowed("repeated");
      return pair;
    }
    case "reused":
      await revokeReused(transaction, family, call, time);
      return new Problem("refresh-token-reused", "somebody else may have a copy; ask an admin", { target });
    case "revoked":
      return new Problem("token-revoked", "the family of this token is revoked; ask an admin", { target });
    case "expired":
      return new Problem("token-expired", "this refresh token has expired; register anew", { target });
    case "used":
      return new Problem("refresh-token-used", "use the refresh token that came in its place", { target });
  }
}

/**
 * The token's family, locked until the transaction ends: of many who refresh at once, the second sees what the first
 * has done. An update that changes nothing locks a row on both databases, where SQLite has no `for update`.
 */
function lockFamily(transaction: Transaction<Tables>, hash: string): Promise<FamilyRow | undefined> {
  return transaction
    .updateTable("families")
    .set((row) => ({ id: row.ref("id") }))
    .where("id", "=", (row) => row.selectFrom("refresh_tokens").select("family_id").where("hash", "=", hash))
    .returningAll()
    .executeTakeFirst();
}

function tokenRow(transaction: Transaction<Tables>, hash: string): Promise<RefreshTokenRow | undefined> {
  return transaction.selectFrom("refresh_tokens").selectAll().where("hash", "=", hash).executeTakeFirst();
}

async function useUp(
  transaction: Transaction<Tables>,
  family: FamilyRow,
  hash: string,
  nonce: string,
  time: number,
): Promise<void> {
  await transaction
    .updateTable("refresh_tokens")
    .set({ used_at: time, nonce })
    .where("hash", "=", hash)
    .execute();
  await transaction
    .updateTable("families")
    .set({ refreshed_at: time, expires_at: time + family.refresh_seconds * secondMs })
    .where("id", "=", family.id)
    .execute();
}

/** The revocation is an event of its own, with no actor: nobody asked for it. */
async function revokeReused(
  transaction: Transaction<Tables>,
  family: FamilyRow,
  call: Call,
  time: number,
): Promise<void> {
  await transaction
    .updateTable("families")
    .set({ revoked_at: time, revoked_because: "reuse" })
    .where("id", "=", family.id)
    .execute();
  await record(transaction, time, call, {
    action: "families:revoke",
    outcome: "allowed",
    target: family.id,
    detail: `an old refresh token of ${family.client_name} came back`,
  });
}
