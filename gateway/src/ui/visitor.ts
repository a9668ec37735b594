import type { IncomingHttpHeaders } from "node:http";

import type { FastifyRequest } from "fastify";

import type { Subject } from "../auth/subject.ts";
import type { Clock } from "../clock.ts";
import { clientOf } from "../identities/identities.ts";
import type { Store } from "../store/store.ts";
import { isSignedBy } from "./jws.ts";

/** Whether a request came through the front door, which alone has the key. */
export function isFromFrontDoor({ authorization }: IncomingHttpHeaders, key: string): boolean {
  const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? "")?.[1];
  return token !== undefined && isSignedBy(key, token);
}

/** A person with a browser, as the subject that the policy knows. */
export interface Visitor extends Subject {
  /** For people to read. It identifies nobody. */
  readonly email: string;
}

/** Tells who sent a request; undefined where that is nobody who may see anything. */
export type VisitorOf = (
  request: Pick<FastifyRequest, "headers" | "id" | "ip">,
) => Promise<Visitor | undefined>;

export interface VisitorOptions {
  readonly store: Store;
  readonly now: Clock;
  /** URL of the OpenID Connect issuer that visitors log in at. */
  readonly issuer: string;
  /** The group whose members are admins. Undefined: no visitor is one. */
  readonly adminGroup: string | undefined;
  /** Counts addresses as verified where the issuer does not say (no claim `email_verified`). */
  readonly skipEmailVerified: boolean;
}

/**
 * Identifies visitors by what the front door says of them: it sets these headers itself and drops the client's
 * (components/ingress/proxy-config.ts). A person is the issuer's subject. The client of the API that they are linked to
 * (identities.ts) is who they are here; without a link they are `ISSUER#SUBJECT`, a name that no client can have.
 * Without a verified address a visitor is nobody: the domains that the front door lets in are those of addresses.
 */
export function visitors(options: VisitorOptions): VisitorOf {
  const { store, now, issuer, adminGroup } = options;
  return async ({ headers, id, ip }) => {
    const subject = textOf(headers["x-forwarded-user"]);
    const email = verifiedEmail(headers, options);
    if (subject === undefined || email === undefined) return undefined;
    const call = { requestId: id, address: ip, subject: undefined };
    const client = await clientOf(store, { issuer, subject }, email, call, now);
    const isAdmin = adminGroup !== undefined && groupsOf(headers["x-forwarded-groups"]).includes(adminGroup);
    return {
      name: client ?? `${issuer}#${subject}`,
      role: isAdmin ? "admin" : "user",
      family: undefined,
      // A limit is of tokens: in the browser a person sees all that is theirs.
      namespaces: "all",
      email,
    };
  };
}

function verifiedEmail(
  headers: IncomingHttpHeaders,
  { skipEmailVerified }: VisitorOptions,
): string | undefined {
  const verified = headers["x-forwarded-email-verified"];
  if (verified !== "true" && !(verified === undefined && skipEmailVerified)) return undefined;
  return textOf(headers["x-forwarded-email"]);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" && header !== "" ? header : undefined;
}

/** oauth2-proxy joins them with commas (pkg/middleware/headers.go: flattenHeaders). */
function groupsOf(header: string | string[] | undefined): readonly string[] {
  return [header ?? []].flat().flatMap((line) => line.split(",").map((group) => group.trim()));
}
