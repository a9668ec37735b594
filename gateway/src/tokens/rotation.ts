import type { FamilyRow, RefreshTokenRow } from "../store/tables.ts";

/**
 * What becomes of a refresh token that somebody presents.
 * - `rotate`: it is used up, and the next pair is made.
 * - `repeat`: it was used a moment ago; the answer is the same pair once more.
 * - `revoked`, `expired`: refused.
 * - `reused`: it was used before, too long ago for a retry. Somebody else has a copy, so that the family is revoked.
 * - `used`: it was used before, and the clock cannot say how long ago; refused, and nothing else happens.
 */
export type Decision = "rotate" | "repeat" | "revoked" | "expired" | "reused" | "used";

/**
 * Rotation of refresh tokens. Each is used once and yields the next, so that a stolen copy shows: thief and owner can
 * both go on only as long as each refreshes within the grace of the other, time after time
 * (https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2). A long grace spares retries and a short one spares thieves.
 *
 * Retries are safe. A client that lost the answer, or twenty processes that share a token, present a token that is used
 * already. Within the grace they all get the SAME pair, derived from the token and a nonce in the store (token.ts), so
 * that a family never branches, however many ask; they go on with that pair, the next rotation is alike for them all,
 * and none of it is an alarm. After the grace a used token is reuse: the family is revoked with all its tokens, at once.
 *
 * Clocks step. `now` may be before a token's use. Up to the grace that is taken as now. Further back it cannot be told
 * whether the grace is over: the token is refused, since a copy of it might be good for as long as the clock is behind,
 * and the family is kept, since its owner may have done nothing wrong. A clock that jumps ahead ends graces and expires
 * tokens early, and nothing else: when it is put right, what has not been refused goes on.
 *
 * A used token that would have expired by now is `expired`: such rows are deleted in time, and a token is to be answered
 * alike before and after.
 */
export function decide(
  family: Pick<FamilyRow, "revoked_at">,
  token: Pick<RefreshTokenRow, "expires_at" | "used_at" | "nonce">,
  now: number,
  graceMs: number,
): Decision {
  if (family.revoked_at !== null) return "revoked";
  if (token.used_at === null) return now < token.expires_at ? "rotate" : "expired";
  const sinceUseMs = now - token.used_at;
  if (sinceUseMs > graceMs) return now < token.expires_at ? "reused" : "expired";
  return sinceUseMs >= -graceMs && token.nonce !== null ? "repeat" : "used";
}
