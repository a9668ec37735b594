import { createHmac, randomUUID } from "node:crypto";

import { errors, jwtVerify, SignJWT, type JWTPayload } from "jose";
import { z } from "zod";

import { secondMs } from "../clock.ts";
import { labelOf, type Pages } from "./origins.ts";

/** The visitor as the front door and the gateway's policy knew them when the ticket was made. */
export interface PageVisitor {
  readonly name: string;
  readonly isAdmin: boolean;
}

/** Takes a visitor from the front door, where they have logged in, to one origin, where they then have a session. */
export interface Ticket {
  readonly pages: Pages;
  readonly visitor: PageVisitor;
  /** Path with its query, at the origin. */
  readonly to: string;
}

/** A visitor's right to see the pages of one origin, until it ends. */
export interface Session {
  readonly pages: Pages;
  readonly visitor: PageVisitor;
  /** True once more than half of its time is over: whoever opens a page then, goes for a new one. */
  readonly isOld: boolean;
}

/**
 * Signs and checks tickets and sessions, by keys that are derived of the front door's, one for each kind. Both name the
 * one origin that takes them.
 */
export interface Sessions {
  issueTicket(ticket: Ticket): Promise<string>;
  /** The ticket, once; undefined where it is not good at the origin of this label, or was used here before. */
  useTicket(label: string, token: string): Promise<Ticket | undefined>;
  issueSession(session: Omit<Session, "isOld">): Promise<string>;
  /** The session; undefined where it is not good at the origin of this label. */
  checkSession(label: string, token: string): Promise<Session | undefined>;
}

/** A redirect takes less. */
const ticketSeconds = 30;
/** After that, the front door says again who the visitor is, and the gateway what they may see. */
export const sessionSeconds = 15 * 60;

const pagesSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("application"), namespace: z.string(), application: z.string() }),
  z.strictObject({ kind: z.literal("event-log"), sparkId: z.string() }),
  z.strictObject({ kind: z.literal("history") }),
]);
const visitorSchema = z.strictObject({ name: z.string(), isAdmin: z.boolean() });
const ticketSchema = z.object({
  pages: pagesSchema,
  visitor: visitorSchema,
  to: z.string().startsWith("/"),
  jti: z.string(),
});
const sessionSchema = z.object({ pages: pagesSchema, visitor: visitorSchema, exp: z.number() });

/** `key`: the front door's, 32 bytes in base64url. `now`: milliseconds since 1970. */
export function openSessions(key: string, now: () => number): Sessions {
  const keys = { ticket: derived(key, "pages-ticket"), session: derived(key, "pages-session") };
  const used = new Map<string, number>();
  const sign = (
    kind: keyof typeof keys,
    seconds: number,
    pages: Pages,
    claims: JWTPayload,
  ): Promise<string> =>
    new SignJWT({ ...claims, pages })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience(labelOf(pages))
      .setExpirationTime(new Date(now() + seconds * secondMs))
      .sign(keys[kind]);
  const read = async (kind: keyof typeof keys, audience: string, token: string): Promise<unknown> => {
    try {
      const options = { audience, algorithms: ["HS256"], currentDate: new Date(now()) };
      return (await jwtVerify(token, keys[kind], options)).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
  return {
    issueTicket: ({ pages, visitor, to }) =>
      sign("ticket", ticketSeconds, pages, { visitor, to, jti: randomUUID() }),
    useTicket: async (label, token) => {
      const { data } = ticketSchema.safeParse(await read("ticket", label, token));
      if (data === undefined) return undefined;
      for (const [id, until] of used) if (until < now()) used.delete(id);
      if (used.has(data.jti)) return undefined;
      used.set(data.jti, now() + ticketSeconds * secondMs);
      return { pages: data.pages, visitor: data.visitor, to: data.to };
    },
    issueSession: ({ pages, visitor }) => sign("session", sessionSeconds, pages, { visitor }),
    checkSession: async (label, token) => {
      const { data } = sessionSchema.safeParse(await read("session", label, token));
      if (data === undefined) return undefined;
      const left = data.exp - now() / secondMs;
      return { pages: data.pages, visitor: data.visitor, isOld: left < sessionSeconds / 2 };
    },
  };
}

function derived(key: string, purpose: string): Uint8Array {
  return createHmac("sha256", Buffer.from(key, "base64url")).update(purpose).digest();
}
