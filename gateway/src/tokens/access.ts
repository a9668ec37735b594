import type { Subject } from "../auth/subject.ts";
import { Problem } from "../errors/problem.ts";
import { toNamespaces } from "./token-namespaces.ts";
import { hashToken, kindOf } from "./token.ts";
import { clockToleranceMs, type Tokens } from "./tokens.ts";

/**
 * Whose an access token is. The store is asked each time, so that revoking a family ends its access tokens at once.
 * One that seems to be from the future is refused, or a clock that ran ahead for a while would leave tokens behind that
 * outlive their lifetime.
 * @throws Problem `token-invalid`, `token-expired`, `token-revoked`.
 */
export async function verifyAccess({ store, now }: Tokens, token: string): Promise<Subject> {
  const kind = kindOf(token);
  if (kind !== "access") {
    throw new Problem(
      "token-invalid",
      `this is ${kind === undefined ? "no" : `a ${kind} token and no`} access token`,
    );
  }
  const row = await store.db
    .selectFrom("access_tokens")
    .innerJoin("families", "families.id", "access_tokens.family_id")
    .select([
      "families.id",
      "client_name",
      "role",
      "namespaces",
      "revoked_at",
      "issued_at",
      "access_tokens.expires_at",
    ])
    .where("hash", "=", hashToken(token))
    .executeTakeFirst();
  if (row === undefined) throw new Problem("token-invalid", "this access token is not known; refresh it");
  const target = row.id;
  if (row.revoked_at !== null)
    throw new Problem("token-revoked", "the family of this token is revoked", { target });
  const time = now();
  if (time >= row.expires_at || time < row.issued_at - clockToleranceMs) {
    throw new Problem("token-expired", "refresh it", { target });
  }
  return {
    name: row.client_name,
    role: row.role,
    family: row.id,
    namespaces: toNamespaces(row.namespaces),
  };
}
