import { lifetimes } from "./schemas.ts";
import { newRow } from "./register-tokens.ts";
import type { Tokens } from "./tokens.ts";

const maker = "bootstrap";

/**
 * Makes the register token whose hash the stack hands over the first admin's; the token stays with the stack, as a
 * secret output. It is used once, like any other. Another hash, in time, is another admin: that is how a stack gets in
 * again whose admins have lost their tokens. One that the stack no longer names cannot be used any more.
 * @param hash SHA-256 of the token in hexadecimal; undefined where the stack names none.
 */
export async function bootstrap({ store, now }: Tokens, hash: string | undefined): Promise<void> {
  await store.db.transaction().execute(async (transaction) => {
    const time = now();
    await transaction
      .updateTable("register_tokens")
      .set({ revoked_at: time })
      .where("created_by", "=", maker)
      .where("created_by_family", "is", null)
      .where("used_at", "is", null)
      .where("revoked_at", "is", null)
      .where("hash", "!=", hash ?? "")
      .execute();
    if (hash === undefined) return;
    const row = newRow({
      hash,
      client_name: "admin",
      role: "admin",
      namespaces: null,
      access_seconds: lifetimes.access.default,
      refresh_seconds: lifetimes.refresh.default,
      created_at: time,
      created_by: maker,
      created_by_family: null,
      expires_at: null,
    });
    await transaction
      .insertInto("register_tokens")
      .values(row)
      .onConflict((conflict) => conflict.column("hash").doNothing())
      .execute();
  });
}
