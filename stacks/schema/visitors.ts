import { z } from "zod";

import { hostName, secret, text } from "./fields.ts";

/** Who visits the pages, however they are reached, and where each application's are. */

/** A name below it has up to 57 more letters. */
export const pagesHost = (example: string): z.ZodOptional<z.ZodString> =>
  hostName(
    "DNS name below which each application's pages have a host of their own, at the gateway: browsers must resolve all names below it, and its certificate is for `*.` of it; by default `pages.` before `host`",
    example,
  )
    .max(195)
    .optional();

/** Commas part the groups of a header, and `$` begins a variable in the proxy's file. */
export const group = (description: string, example: string): z.ZodString =>
  z
    .string()
    .regex(/^[^\s,$](?:[^\r\n,$]*[^\s,$])?$/)
    .meta({ description, examples: [example] });

const domain = hostName("domain of emails", "example.org");

export const oidc = z.strictObject({
  kind: z.literal("oidc"),
  issuer: z
    .url({ protocol: /^https$/ })
    .meta({ description: "URL of the issuer", examples: ["https://login.example.org/realms/main"] }),
  clientId: text("the platform's client at the issuer", "spark-platform"),
  clientSecret: secret("secret of the client"),
  groupsClaim: text("claim that lists a user's groups", "groups").default("groups"),
  scopes: z
    .array(z.string().regex(/^\S+$/))
    .default(["openid", "email", "profile"])
    .meta({
      description: "scopes that are asked for; with offline_access groups are looked up again",
      examples: [["openid", "email", "profile", "groups", "offline_access"]],
    }),
  // The name that Dex gives the same option of its own connectors.
  insecureSkipEmailVerified: z
    .boolean()
    .default(false)
    .meta({
      description:
        "whether emails count as verified where the issuer sends no `email_verified`; only for an issuer whose users cannot choose their emails",
      examples: [true],
    }),
});

export const allowed = z
  .strictObject({
    groups: z
      .array(group("group", "data"))
      .default([])
      .meta({ description: "groups, one of which a visitor must be in", examples: [["data"]] }),
    domains: z
      .array(domain)
      .default([])
      .meta({
        description: "domains, one of which a visitor's email must be of",
        examples: [["example.org"]],
      }),
  })
  .superRefine(({ groups, domains }, context) => {
    if (groups.length + domains.length > 0) return;
    const params = { expected: "at least one group or domain: nothing is open to all" };
    context.addIssue({ code: "custom", message: "names nobody", params });
  })
  .meta({
    description: "who gets in: by groups, by domains, or by both at once",
    examples: [{ groups: ["data"] }],
  });

export const adminGroup = group(
  "group of those who administer the platform; they get in, too",
  "platform",
).optional();
