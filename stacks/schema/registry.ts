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

const passwords = z
  .strictObject({ push: passwordNumber("push"), pull: passwordNumber("pull") })
  .prefault({})
  .meta({
    description: "which passwords are in use; raise a number by one to change one",
    examples: [{ push: 1, pull: 2 }],
  });

const none = z.strictObject({ kind: z.literal("none") });

const existing = z.strictObject({
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
});

export const registrySchema = z
  .discriminatedUnion("kind", [
    none,
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
      passwords,
    }),
    existing,
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

const vm = z.strictObject({
  kind: z.literal("vm"),
  host: hostName("DNS name of the registry, below the stack's domain", "registry.dev.spark.example.org"),
  allowedCidrs: z
    .array(z.cidrv4())
    .default([])
    .meta({
      description: "address ranges that push and pull from outside of the cluster, whose nodes may anyway",
      examples: [["203.0.113.0/24"]],
    }),
  instanceType: z
    .string()
    .regex(/^[a-z]+\d+[a-z-]*\.[a-z0-9]+$/)
    .default("t4g.small")
    .meta({ description: "type of the virtual machine", examples: ["t4g.small"] }),
  image: z
    .string()
    .regex(/^ami-[0-9a-f]{8,17}$/)
    .optional()
    .meta({
      description:
        "Debian 13's image in this region, for the machine's processors; by default the newest one",
      examples: ["ami-0123456789abcdef0"],
    }),
  passwords,
  certificate: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("acme"),
        email: z.email().meta({
          description: "who hears of certificates that are about to end",
          examples: ["ops@example.org"],
        }),
      }),
      z.strictObject({ kind: z.literal("private") }),
    ])
    .meta({
      description:
        "who vouches for it: Let's Encrypt (acme), or the stack's own authority (private), which the nodes then trust",
      examples: [{ kind: "acme", email: "ops@example.org" }, { kind: "private" }],
    }),
});

export const awsRegistrySchema = z
  .discriminatedUnion("kind", [none, vm, existing])
  .prefault({ kind: "none" })
  .meta({
    description: "the registry of images: none, one on a virtual machine of its own (vm) or one that exists",
    examples: [
      {
        kind: "vm",
        host: "registry.dev.spark.example.org",
        certificate: { kind: "acme", email: "ops@example.org" },
      },
    ],
  });
