import type { Transaction } from "kysely";

import { secondMs } from "../clock.ts";
import type { FamilyRow, Tables } from "../store/tables.ts";
import type { TokenPair } from "./schemas.ts";
import { deriveToken, hashToken } from "./token.ts";

export type FamilyGrant = Pick<
  FamilyRow,
  "id" | "client_name" | "role" | "access_seconds" | "refresh_seconds"
>;

/** What a pair is derived from. */
export interface Origin {
  readonly token: string;
  readonly nonce: string;
}

/** Stores the pair that follows on `origin`, and returns it. */
export async function issuePair(
  transaction: Transaction<Tables>,
  family: FamilyGrant,
  origin: Origin,
  now: number,
): Promise<TokenPair> {
  const tokens = derive(origin);
  const shared = { family_id: family.id, issued_at: now };
  const refreshExpires = now + family.refresh_seconds * secondMs;
  const accessExpires = now + family.access_seconds * secondMs;
  await transaction
    .insertInto("refresh_tokens")
    .values({
      ...shared,
      hash: hashToken(tokens.refreshToken),
      expires_at: refreshExpires,
      used_at: null,
      nonce: null,
    })
    .execute();
  await transaction
    .insertInto("access_tokens")
    .values({ ...shared, hash: hashToken(tokens.accessToken), expires_at: accessExpires })
    .execute();
  return pair(family, tokens, { accessExpires, refreshExpires, now });
}

/** The pair that was issued on `origin` before, for a retry. */
export async function repeatPair(
  transaction: Transaction<Tables>,
  family: FamilyGrant,
  origin: Origin,
  now: number,
): Promise<TokenPair> {
  const tokens = derive(origin);
  const { expires_at: refreshExpires } = await transaction
    .selectFrom("refresh_tokens")
    .select("expires_at")
    .where("hash", "=", hashToken(tokens.refreshToken))
    .executeTakeFirstOrThrow();
  const access = await transaction
    .selectFrom("access_tokens")
    .select("expires_at")
    .where("hash", "=", hashToken(tokens.accessToken))
    .executeTakeFirst();
  return pair(family, tokens, { accessExpires: access?.expires_at ?? now, refreshExpires, now });
}

function derive({ token, nonce }: Origin): Pick<TokenPair, "accessToken" | "refreshToken"> {
  return {
    accessToken: deriveToken("access", token, nonce),
    refreshToken: deriveToken("refresh", token, nonce),
  };
}

function pair(
  family: FamilyGrant,
  tokens: Pick<TokenPair, "accessToken" | "refreshToken">,
  times: { readonly accessExpires: number; readonly refreshExpires: number; readonly now: number },
): TokenPair {
  const secondsUntil = (time: number): number => Math.max(0, Math.floor((time - times.now) / secondMs));
  return {
    family: family.id,
    clientName: family.client_name,
    role: family.role,
    ...tokens,
    accessExpiresInSeconds: secondsUntil(times.accessExpires),
    refreshExpiresInSeconds: secondsUntil(times.refreshExpires),
  };
}
