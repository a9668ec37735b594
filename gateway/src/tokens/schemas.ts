import { z } from "zod";

import { isoTime } from "../api/times.ts";
import { patternOf, type TokenKind } from "./token.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Bounds of lifetimes in seconds, and what they are where an admin does not say. */
export const lifetimes = {
  access: { min: minute, max: day, default: 15 * minute },
  refresh: { min: hour, max: 365 * day, default: 30 * day },
  register: { min: minute, max: 30 * day, default: 7 * day },
};

export const clientNameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9._@+-]*[a-z0-9])?$/)
  .meta({
    description:
      "lower-case letters, digits and . _ @ + -, a letter or digit at both ends; a person's e-mail address, so that the pages know whose applications are whose",
    examples: ["alice@example.org", "nightly-report"],
  });

const roleSchema = z.enum(["admin", "user"]).meta({
  description:
    "admin (everything; with namespaces, everything in those, and no tokens of others) or user (what is its own)",
});

export const registerTokenInputSchema = z
  .strictObject({
    clientName: clientNameSchema,
    role: roleSchema.default("user"),
    namespaces: z
      .array(z.string().max(63))
      .min(1)
      .nullable()
      .default(null)
      .meta({
        description:
          "namespaces of the platform that the client's tokens are limited to; default null: they are not limited",
        examples: [["analytics"]],
      }),
    accessLifetimeSeconds: z
      .int()
      .min(lifetimes.access.min)
      .max(lifetimes.access.max)
      .default(lifetimes.access.default)
      .meta({
        description: "how long an access token lives, in seconds; default 15 minutes",
        examples: [900],
      }),
    refreshLifetimeSeconds: z
      .int()
      .min(lifetimes.refresh.min)
      .max(lifetimes.refresh.max)
      .default(lifetimes.refresh.default)
      .meta({
        description:
          "how long a client may stay away before it must register anew, in seconds; default 30 days",
        examples: [2_592_000],
      }),
    expiresInSeconds: z
      .int()
      .min(lifetimes.register.min)
      .max(lifetimes.register.max)
      .default(lifetimes.register.default)
      .meta({
        description: "how long the register token waits for its use, in seconds; default 7 days",
        examples: [86_400],
      }),
  })
  .refine((input) => input.accessLifetimeSeconds <= input.refreshLifetimeSeconds, {
    path: ["accessLifetimeSeconds"],
    message: "is longer than refreshLifetimeSeconds",
    params: { expected: "an access token that does not outlive its refresh token" },
  })
  .meta({ description: "who may register, and for how long at a time" });

export type RegisterTokenInput = z.output<typeof registerTokenInputSchema>;

/** What both a register token and a family are made with. */
const grantShape = {
  clientName: z.string(),
  role: z.enum(["admin", "user"]),
  namespaces: z
    .array(z.string())
    .nullable()
    .meta({ description: "the namespaces that the tokens are limited to; null: they are not limited" }),
  accessLifetimeSeconds: z.int(),
  refreshLifetimeSeconds: z.int(),
};

export const registerTokenSchema = z
  .object({
    id: z.uuid(),
    ...grantShape,
    status: z.enum(["unused", "used", "expired", "revoked"]),
    createdAt: isoTime,
    createdBy: z.string().meta({ description: "the admin's name, or bootstrap" }),
    expiresAt: isoTime.nullable().meta({ description: "null: good until it is used" }),
    usedAt: isoTime.nullable(),
  })
  .meta({ id: "RegisterToken", description: "a register token, without the token" });

export type RegisterToken = z.output<typeof registerTokenSchema>;

export const newRegisterTokenSchema = registerTokenSchema
  .extend({ registerToken: z.string().meta({ description: "the token; it is shown this once" }) })
  .meta({ id: "NewRegisterToken", description: "a register token that was just made" });

export const familySchema = z
  .object({
    id: z.uuid(),
    ...grantShape,
    status: z.enum(["active", "expired", "revoked"]),
    registerTokenId: z.uuid(),
    createdAt: isoTime,
    refreshedAt: isoTime,
    expiresAt: isoTime.meta({ description: "when it ends unless it is refreshed before" }),
    revokedAt: isoTime.nullable(),
    revokedBecause: z.enum(["request", "cascade", "reuse"]).nullable().meta({
      description: "somebody asked, what it descends from was revoked, or an old refresh token came back",
    }),
  })
  .meta({ id: "TokenFamily", description: "all tokens that descend from one register token" });

export type Family = z.output<typeof familySchema>;

export const tokenPairSchema = z
  .object({
    family: z.uuid(),
    clientName: z.string(),
    role: z.enum(["admin", "user"]),
    accessToken: z.string(),
    accessExpiresInSeconds: z
      .int()
      .meta({ description: "0 where a late retry is told of one that has ended" }),
    refreshToken: z.string().meta({ description: "replaces the one it was got with" }),
    refreshExpiresInSeconds: z.int(),
  })
  .meta({ id: "TokenPair", description: "an access token, and the refresh token for the next pair" });

export type TokenPair = z.output<typeof tokenPairSchema>;

export const revokedSchema = z
  .object({
    families: z.int().meta({ description: "families that were active until now" }),
    registerTokens: z.int().meta({ description: "register tokens that could be used until now" }),
  })
  .meta({ id: "Revoked", description: "what was revoked; 0 where it was before" });

export type Revoked = z.output<typeof revokedSchema>;

export const cascadeQuerySchema = z.strictObject({
  cascade: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .meta({
      description: "whether to revoke as well what descends from it: default false",
      examples: ["true"],
    }),
});

/** A field that brings a token of one kind; it is never repeated in a message. */
export function tokenField(kind: TokenKind): z.ZodString {
  return z
    .string()
    .regex(patternOf(kind))
    .meta({ description: `a ${kind} token, whole`, secret: true });
}
