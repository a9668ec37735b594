import { dayMs } from "../clock.ts";
import type { Tokens } from "./tokens.ts";

/** Rows stay this long after their end, so that a clock that is wrong for some days destroys nothing. */
const keptMs = 7 * dayMs;

/**
 * Deletes what can have no effect any more: tokens that have expired, and audit events older than `auditKeptMs`; and
 * takes the nonces from used tokens once no retry can need them. With a nonce and an old token, a copy of the store
 * would yield the tokens that came after it. Families and register tokens stay, for the lists and the audit log.
 */
export async function prune({ store: { db }, now, graceMs }: Tokens, auditKeptMs: number): Promise<void> {
  const time = now();
  await db
    .deleteFrom("access_tokens")
    .where("expires_at", "<", time - keptMs)
    .execute();
  await db
    .deleteFrom("refresh_tokens")
    .where("expires_at", "<", time - keptMs)
    .execute();
  for (const table of ["refresh_tokens", "register_tokens"] as const) {
    await db
      .updateTable(table)
      .set({ nonce: null })
      .where("used_at", "<", time - graceMs)
      .where("nonce", "is not", null)
      .execute();
  }
  await db
    .deleteFrom("audit")
    .where("at", "<", time - auditKeptMs)
    .execute();
}
