import type { Kysely } from "kysely";

import { record, type Call } from "../audit/audit.ts";
import type { Resource } from "../auth/authorize.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import type { IdentityRow, Tables } from "../store/tables.ts";

/** A person as an OpenID Connect issuer knows them. The pair is theirs for good; nobody else ever gets it. */
export type Identity = Pick<IdentityRow, "issuer" | "subject">;

/**
 * The client of the API that a person is; undefined where they are none. The first time, the verified e-mail address
 * decides: it is linked to the client of that name, if that client has tokens and nobody else is linked to it. From then
 * on only issuer and subject count, so that whoever gets the address later does not become the client.
 */
export async function clientOf(
  { db }: Store,
  identity: Identity,
  verifiedEmail: string,
  call: Call,
  now: Clock,
): Promise<string | undefined> {
  return (await linkedTo(db, identity)) ?? link(db, identity, verifiedEmail, call, now());
}

async function linkedTo(db: Kysely<Tables>, { issuer, subject }: Identity): Promise<string | undefined> {
  const row = await db
    .selectFrom("identities")
    .select("client_name")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row?.client_name;
}

async function link(
  db: Kysely<Tables>,
  identity: Identity,
  email: string,
  call: Call,
  time: number,
): Promise<string | undefined> {
  const client = await unlinkedClient(db, email, time);
  // Another request may just have linked it to this very identity: a page asks for many files at once.
  if (client === undefined) return linkedTo(db, identity);
  return db.transaction().execute(async (transaction) => {
    const linked = await transaction
      .insertInto("identities")
      .values({ ...identity, client_name: client, linked_at: time })
      .onConflict((conflict) => conflict.doNothing())
      .returning("client_name")
      .executeTakeFirst();
    if (linked === undefined) return linkedTo(transaction, identity);
    const detail = `${identity.issuer} ${identity.subject}`;
    await record(transaction, time, call, {
      action: "identities:create",
      outcome: "allowed",
      target: client,
      detail,
      actor: client,
    });
    return client;
  });
}

/** The client that is named like the address, if it has tokens that are good and no identity. */
async function unlinkedClient(db: Kysely<Tables>, email: string, time: number): Promise<string | undefined> {
  // Client names are ASCII. Beyond it, letters that differ can have the same lower case.
  if (!/^[\x21-\x7e]+$/.test(email)) return undefined;
  const name = email.toLowerCase();
  const row = await db
    .selectFrom("families")
    .select("client_name")
    .where("client_name", "=", name)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", time)
    .where((family) =>
      family.not(
        family.exists(family.selectFrom("identities").select("subject").where("client_name", "=", name)),
      ),
    )
    .executeTakeFirst();
  return row?.client_name;
}

/** A client's identity as something that belongs to the client; undefined where it has none. */
export async function identityOf({ db }: Store, clientName: string): Promise<Resource | undefined> {
  const row = await db
    .selectFrom("identities")
    .select("client_name")
    .where("client_name", "=", clientName)
    .executeTakeFirst();
  return row && { owner: row.client_name, namespace: undefined };
}

/** Removes a client's link. Returns what it was, or undefined where there was none. */
export function unlink(
  { db }: Store,
  clientName: string,
  call: Call,
  now: Clock,
): Promise<IdentityRow | undefined> {
  return db.transaction().execute(async (transaction) => {
    const removed = await transaction
      .deleteFrom("identities")
      .where("client_name", "=", clientName)
      .returningAll()
      .executeTakeFirst();
    if (removed === undefined) return undefined;
    const detail = `${removed.issuer} ${removed.subject}`;
    await record(transaction, now(), call, {
      action: "identities:delete",
      outcome: "allowed",
      target: clientName,
      detail,
    });
    return removed;
  });
}
