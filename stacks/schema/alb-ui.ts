import { z } from "zod";

import { isGroupName } from "../../components/ingress/cognito-identity.ts";
import { isDomainPrefix } from "../../components/ingress/cognito-domain.ts";
import { hostName } from "./fields.ts";
import { adminGroup, allowed, oidc, pagesHost } from "./visitors.ts";

const cognito = z.strictObject({
  kind: z.literal("cognito"),
  domainPrefix: z
    .string()
    .refine(isDomainPrefix, { error: "is not a prefix that Cognito takes" })
    .optional()
    .meta({
      description:
        "first part of the log-in's host, which nobody else in the region has; by default made of the pages' host",
      examples: ["example-org-spark-dev"],
    }),
  requireMfa: z
    .boolean()
    .default(true)
    .meta({
      description: "whether everybody sets up an authenticator app at the first log-in",
      examples: [false],
    }),
});

const identity = z
  .discriminatedUnion("kind", [cognito, oidc])
  .prefault({ kind: "cognito" })
  .meta({
    description:
      "who knows the visitors: a Cognito user pool of the stack (cognito), or an OpenID Connect issuer (oidc)",
    examples: [
      { kind: "cognito" },
      { kind: "oidc", issuer: "https://login.example.org", clientId: "spark-platform" },
    ],
  });

/** The pages in AWS: at a load balancer that ends TLS with a certificate of ACM. */
export const awsUiSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("alb"),
      host: hostName(
        "DNS name of the pages, below the stack's domain, of 64 letters at the most",
        "dev.spark.example.org",
      ).max(64),
      pagesHost: pagesHost("pages.dev.spark.example.org"),
      scheme: z
        .enum(["internet-facing", "internal"])
        .default("internet-facing")
        .meta({
          description: "where the load balancer is: on the internet, or in the VPC alone",
          examples: ["internal"],
        }),
      allowedCidrs: z
        .array(z.cidrv4())
        .min(1)
        .default(["0.0.0.0/0"])
        .meta({
          description: "address ranges that reach the log-in; by default all",
          examples: [["203.0.113.0/24"]],
        }),
      identity,
      allowed,
      adminGroup,
    }),
  ])
  .superRefine((ui, context) => {
    if (ui.kind === "none" || ui.identity.kind !== "cognito") return;
    const expected = "a name without spaces, of 128 letters at the most: Cognito makes the group";
    const refuse = (group: string, path: readonly (string | number)[]): void => {
      if (isGroupName(group)) return;
      const message = "is not a name that Cognito takes";
      context.addIssue({ code: "custom", path: [...path], message, params: { expected } });
    };
    ui.allowed.groups.forEach((group, index) => {
      refuse(group, ["allowed", "groups", index]);
    });
    if (ui.adminGroup !== undefined) refuse(ui.adminGroup, ["adminGroup"]);
  })
  .prefault({ kind: "none" })
  .meta({
    description: "the pages of jobs behind a log-in: none, or reached at a load balancer (alb)",
    examples: [{ kind: "alb", host: "dev.spark.example.org", allowed: { groups: ["data"] } }],
  });
