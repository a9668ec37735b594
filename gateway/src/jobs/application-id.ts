import { createHash } from "node:crypto";

import { z } from "zod";

import { jobNameSchema } from "../../../jobs/manifest/names.ts";

/** An application's id in a path or a cursor: the name of a job's resource, whoever gave it. */
export const applicationIdSchema = jobNameSchema.meta({
  description: "an application's id",
  examples: ["alice-3f7k2m5q4x6d"],
});

/** The path of what is about one application. */
export const applicationPathSchema = z.strictObject({ id: applicationIdSchema });

/** Characters of the hash, 5 bits each. */
const hashCharacters = 12;
/** The longest shown part of an owner: room for the hash, and for what the operator adds (jobs/manifest/names.ts). */
const ownerCharacters = 40;

/**
 * The name of the application that `owner` submits with `idempotencyKey`: of nothing else, so that one key is one name.
 * Whatever comes with a key a second time meets what came the first time, even where the database is lost: the API
 * server has that name already, and by its annotation (application.ts) tells a retry from another request. The job's own
 * name is left out for that reason: with it, the same key could run two jobs. It is in an annotation, and in the list.
 * Only within one namespace, though, since names are a namespace's: with the database lost, a key that was used in one
 * is new in another. Who sends the same request again, sends it to the same.
 *
 * A DNS-1035 label such as `alice-3f7k2m9q4x5d`: people see whose it is. 60 bits are enough: two that fall together are
 * told apart like a key that was used before, and the second is refused.
 */
export function applicationId(owner: string, idempotencyKey: string): string {
  // As JSON, so that no other owner and key run together to the same text.
  const digest = createHash("sha256")
    .update(JSON.stringify([owner, idempotencyKey]))
    .digest();
  return `${shown(owner)}-${base32(digest).slice(0, hashCharacters)}`;
}

/** Of `system:serviceaccount:NAMESPACE:NAME` the account's name; of an e-mail address what is before the @. */
function shown(owner: string): string {
  const name = (owner.split(":").at(-1) ?? "").split("@")[0] ?? "";
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, ownerCharacters)
    .replace(/-+$/, "");
  return label === "" ? "job" : label;
}

/** https://www.rfc-editor.org/rfc/rfc4648#section-6, in lower case. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(group, 2)]).join("");
}
