import { z } from "zod";

import { certificate, misfit } from "./certificate.ts";
import { hostName, nodePort, text } from "./fields.ts";
import { adminGroup, allowed, group, oidc, pagesHost } from "./visitors.ts";

const email = z
  .email()
  .max(128)
  .meta({ description: "email that the user logs in with", examples: ["ann@example.org"] });

const identity = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("dex"),
      host: hostName("DNS name of the log-in, which browsers must resolve", "login.example.org"),
      nodePort: nodePort(
        "port of every node at which it answers, for kind node-port of ui",
        30444,
      ).optional(),
      users: z
        .array(
          z.strictObject({
            email,
            groups: z
              .array(group("group of the user", "data"))
              .default([])
              .meta({ description: "groups of the user", examples: [["data"]] }),
          }),
        )
        .min(1)
        .meta({
          description: "who can log in; the stack makes the passwords",
          examples: [[{ email: "ann@example.org", groups: ["data"] }]],
        }),
    }),
    oidc,
  ])
  .meta({
    description:
      "who knows the visitors: an OpenID Connect issuer (oidc), or a Dex with the stack's own users (dex)",
    examples: [
      { kind: "oidc", issuer: "https://login.example.org", clientId: "spark-platform" },
      {
        kind: "dex",
        host: "login.example.org",
        users: [{ email: "ann@example.org", groups: ["data"] }],
      },
    ],
  });

const common = {
  host: hostName("DNS name of the log-in to the pages, which browsers must resolve", "spark.example.org"),
  pagesHost: pagesHost("pages.spark.example.org"),
  certificate,
  identity,
  allowed,
  adminGroup,
};

const options = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("node-port"),
    nodePort: nodePort("port of every node at which they answer", 30443),
    ...common,
  }),
  z.strictObject({ kind: z.literal("load-balancer"), ...common }),
  z.strictObject({
    kind: z.literal("ingress"),
    ingressClass: text("class of the Ingress before them", "nginx"),
    ...common,
  }),
]);

type Pages = Exclude<z.output<typeof options>, { kind: "none" }>;
type Rule = readonly [broken: boolean, path: readonly string[], problem: string, expected: string];

/** What no key can tell alone. */
function rules(ui: Pages): readonly Rule[] {
  const { certificate: from, identity: who, kind } = ui;
  const dex = who.kind === "dex" ? who : undefined;
  const atNodes = kind === "node-port";
  const wrong = misfit(ui);
  return [
    ...(wrong === undefined ? [] : [[true, wrong.path, wrong.message, wrong.expected] as const]),
    [
      from.kind === "cert-manager" && dex !== undefined,
      ["certificate", "kind"],
      "does not go with a dex, whose certificate is of the stack's own authority",
      "a private certificate, or an identity of kind oidc",
    ],
    [
      dex !== undefined && atNodes !== (dex.nodePort !== undefined),
      ["identity"],
      atNodes
        ? "has no nodePort, and the pages answer at one"
        : `has a nodePort, and the pages are of kind ${kind}`,
      atNodes ? "a nodePort of its own, for example 30444" : "none: the log-in is reached as the pages are",
    ],
    [
      dex?.host === ui.host,
      ["identity", "host"],
      "is the host of the pages",
      "another DNS name, for example login.example.org",
    ],
    [
      dex?.nodePort !== undefined && atNodes && dex.nodePort === ui.nodePort,
      ["identity", "nodePort"],
      "is the port of the pages",
      "another port, for example 30444",
    ],
    [
      dex !== undefined && new Set(dex.users.map((user) => user.email.toLowerCase())).size < dex.users.length,
      ["identity", "users"],
      "has an email twice",
      "each email once",
    ],
  ];
}

export const uiSchema = options
  .superRefine((ui, context) => {
    if (ui.kind === "none") return;
    for (const [broken, path, message, expected] of rules(ui)) {
      if (broken) context.addIssue({ code: "custom", path: [...path], message, params: { expected } });
    }
  })
  .prefault({ kind: "none" })
  .meta({
    description:
      "the pages of jobs behind a log-in: none, or reached at a port of the nodes (node-port), at a load balancer or through an Ingress",
    examples: [
      { kind: "node-port", host: "spark.example.org", nodePort: 30443, allowed: { groups: ["data"] } },
    ],
  });
