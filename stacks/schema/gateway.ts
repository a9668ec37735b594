import { z } from "zod";

import { certificate, misfit } from "./certificate.ts";
import { dnsLabel, hostName, hostNamePattern, nodePort, quantity, text } from "./fields.ts";
import { gatewayVolume } from "./volume.ts";

const postgres = z.strictObject({
  kind: z.literal("postgres"),
  url: z
    .string()
    .refine(isPostgresUrl, { error: "is not the URL of a PostgreSQL" })
    .meta({
      description: "URL of the database with user and password, a secret",
      examples: ["postgres://gateway:…@db.example.org/gateway"],
      secret: true,
    }),
});

const aboutDatabase = {
  description:
    "where it keeps tokens and applications: on a volume of its one pod (embedded), or in a PostgreSQL, with two pods and more (postgres)",
  examples: [{ kind: "embedded" }, { kind: "postgres", url: "postgres://gateway:…@db.example.org/gateway" }],
};

const perMinute = (of: string, fallback: number): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(1)
    .default(fallback)
    .meta({ description: `submissions ${of} in a minute; more are queued`, examples: [fallback] });

/** At a node's port, the API may be this machine's alone: every system knows the name, which names of pages cannot be. */
const nodePortHost = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${hostNamePattern}|localhost)$`))
  .meta({
    description:
      "DNS name of the API, which clients must resolve; `localhost` where the node is their machine",
    examples: ["api.spark.example.org"],
  });

/** What Kubernetes takes for a service account's name. */
const accountName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
  .meta({ description: "name of the service account", examples: ["scheduler"] });

const serviceAccounts = z
  .array(
    z.strictObject({
      namespace: dnsLabel("namespace of the service account, none of the teams'", "airflow"),
      name: accountName,
      role: z
        .enum(["user", "admin"])
        .default("user")
        .meta({
          description: "whether it may touch its own applications (user) or everybody's (admin)",
          examples: ["user"],
        }),
      namespaces: z
        .array(dnsLabel("one of the teams' namespaces", "analytics"))
        .min(1)
        .meta({ description: "the teams' namespaces that it may act in", examples: [["analytics"]] }),
    }),
  )
  .default([])
  .meta({
    description:
      "service accounts of the cluster that may call the API with a token for the audience `spark-platform`",
    examples: [[{ namespace: "airflow", name: "scheduler", namespaces: ["analytics"] }]],
  });

const common = {
  host: hostName("DNS name of the API, which clients must resolve", "api.spark.example.org"),
  limits: z
    .strictObject({
      perUserPerMinute: perMinute("of one user", 30),
      perMinute: perMinute("of all users", 120),
    })
    .prefault({})
    .meta({ description: "how fast jobs are submitted", examples: [{ perUserPerMinute: 10 }] }),
  registerToken: z
    .int()
    .positive()
    .default(1)
    .meta({
      description: "number of the token that the first admin registers with; one more makes a new one",
      examples: [2],
    }),
  serviceAccounts,
};

const ofCluster = {
  ...common,
  certificate,
  database: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("embedded"), volume: gatewayVolume }),
      postgres,
    ])
    .prefault({ kind: "embedded" })
    .meta(aboutDatabase),
};

const ofAws = {
  ...common,
  database: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("embedded"),
        size: quantity("size of the disk, which is in one zone", "4Gi").default("1Gi"),
      }),
      postgres,
    ])
    .prefault({ kind: "embedded" })
    .meta(aboutDatabase),
};

const none = z.strictObject({ kind: z.literal("none") });

/** The API in a cluster that exists. */
export const gatewaySchema = z
  .discriminatedUnion("kind", [
    none,
    z.strictObject({
      kind: z.literal("node-port"),
      nodePort: nodePort("port of every node at which it answers", 30445),
      ...ofCluster,
      host: nodePortHost,
    }),
    z.strictObject({ kind: z.literal("load-balancer"), ...ofCluster }),
    z.strictObject({
      kind: z.literal("ingress"),
      ingressClass: text("class of the Ingress before it", "nginx"),
      controllerNamespace: dnsLabel(
        "namespace of the Ingress controller's pods: they alone reach the API then, and the audit log has the client's address as they tell it; by default any pod reaches the API's port, and the audit log has the controller's address",
        "ingress-nginx",
      ).optional(),
      ...ofCluster,
    }),
  ])
  .superRefine((gateway, context) => {
    const found = gateway.kind === "none" ? undefined : misfit(gateway);
    if (found === undefined) return;
    const { path, message, expected } = found;
    context.addIssue({ code: "custom", path: [...path], message, params: { expected } });
  })
  .prefault({ kind: "none" })
  .meta({
    description:
      "the API for users and programs: none, or reached at a port of the nodes (node-port), at a load balancer or through an Ingress",
    examples: [{ kind: "node-port", host: "api.spark.example.org", nodePort: 30445 }],
  });

/** The API in AWS: at the load balancer of the pages, with its certificate. */
export const awsGatewaySchema = z
  .discriminatedUnion("kind", [none, z.strictObject({ kind: z.literal("alb"), ...ofAws })])
  .prefault({ kind: "none" })
  .meta({
    description: "the API for users and programs: none, or reached at the load balancer of the pages (alb)",
    examples: [{ kind: "alb", host: "api.dev.spark.example.org" }],
  });

function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\/\S+$/.test(url) && URL.canParse(url);
}
