import { z } from "zod";

import { hostName, hostNamePattern, nodePort, secret, text } from "./fields.ts";

const passwordNumber = (role: string): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .positive()
    .default(1)
    .meta({
      description: `number of the password that may ${role}; one more makes a new one`,
      examples: [2],
    });

const user = (use: string): z.ZodType<{ username: string; password: string } | undefined> =>
  z
    .strictObject({ username: text(`user who may ${use}`, "robot"), password: secret(`password to ${use}`) })
    .optional()
    .meta({
      description: `user who may ${use}: username and password`,
      examples: [`pulumi config set --secret --path registry.${use}.password`],
      secret: true,
    });

export const registrySchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("in-cluster"),
      host: hostName(
        "DNS name of the registry, which nodes and those who push must resolve",
        "registry.example.org",
      ),
      nodePort: nodePort(
        "port of every node at which it answers; by default a load balancer's 443",
        30500,
      ).optional(),
      passwords: z
        .strictObject({ push: passwordNumber("push"), pull: passwordNumber("pull") })
        .prefault({})
        .meta({
          description: "which passwords are in use; raise a number by one to change one",
          examples: [{ push: 1, pull: 2 }],
        }),
    }),
    z.strictObject({
      kind: z.literal("existing"),
      host: z
        .string()
        .regex(new RegExp(String.raw`^(${hostNamePattern}|localhost)(:\d{1,5})?$`))
        .meta({
          description: "host of the registry, with its port where that is not 443",
          examples: ["harbor.example.org"],
        }),
      pull: user("pull"),
      push: user("push"),
      certificateAuthority: z
        .string()
        .regex(/^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----\s*$/)
        .optional()
        .meta({
          description: "PEM of the authority that signed its certificate, where clients do not know it",
          examples: ["-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----"],
        }),
    }),
  ])
  .prefault({ kind: "none" })
  .meta({
    description:
      "the registry of the users' images: none, one in the cluster (in-cluster) or one that exists (existing)",
    examples: [
      { kind: "in-cluster", host: "registry.example.org" },
      { kind: "existing", host: "harbor.example.org" },
    ],
  });
