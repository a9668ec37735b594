import { z } from "zod";

import { eksVersions } from "../../components/cluster/eks-versions.ts";
import { networkProblem } from "../../components/cluster/network-plan.ts";
import { principal } from "./aws.ts";
import { quantity } from "./fields.ts";

/** CloudWatch knows these alone. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827];

const retentionDays = (logs: string): z.ZodType<number, number> =>
  z
    .int()
    .refine((days) => retentions.includes(days), { error: `is not one of ${retentions.join(", ")}` })
    .meta({ description: `days that ${logs} are kept`, examples: [30] });

const cidr = z.string().superRefine((range, context) => {
  const found = networkProblem(range);
  if (found === undefined) return;
  context.addIssue({ code: "custom", message: found.problem, params: { expected: found.expected } });
});

const networkSchema = z
  .strictObject({
    cidr: cidr
      .default("10.0.0.0/16")
      .meta({ description: "addresses of the VPC, which pods get theirs from", examples: ["10.20.0.0/16"] }),
    nat: z
      .enum(["single", "per-zone"])
      .default("single")
      .meta({
        description:
          "the way out to the internet: one gateway, or one in each zone, so that a zone's loss stops the others not",
        examples: ["per-zone"],
      }),
    flowLogs: z
      .strictObject({ retentionDays: retentionDays("flow logs") })
      .optional()
      .meta({
        description: "logs of who talked to whom in the VPC; by default none",
        examples: [{ retentionDays: 30 }],
      }),
  })
  .prefault({})
  .meta({ description: "the VPC", examples: [{ cidr: "10.20.0.0/16", nat: "per-zone" }] });

const pool = (pods: string, cpu: string, memory: string) =>
  z
    .strictObject({
      cpu: quantity(`CPU of all nodes for ${pods} together`, cpu).default(cpu),
      memory: quantity(`memory of all nodes for ${pods} together`, memory).default(memory),
    })
    .prefault({})
    .meta({ description: `the most that nodes for ${pods} may come to`, examples: [{ cpu, memory }] });

export const eksSchema = z
  .strictObject({
    version: z
      .enum(eksVersions)
      .default("1.35")
      .meta({ description: "version of Kubernetes", examples: ["1.35"] }),
    admins: z
      .array(principal)
      .min(1)
      .refine((arns) => new Set(arns).size === arns.length, { error: "has an ARN twice" })
      .meta({
        description: "who administers the cluster; whoever runs `pulumi up` must be among them",
        examples: [["arn:aws:iam::111122223333:role/deploy"]],
      }),
    viewers: z
      .array(principal)
      .default([])
      .refine((arns) => new Set(arns).size === arns.length, { error: "has an ARN twice" })
      .meta({
        description: "who sees all of the cluster, secrets too, and changes nothing: the role that previews",
        examples: [["arn:aws:iam::111122223333:role/preview"]],
      }),
    publicAccess: z
      .array(z.cidrv4().refine((range) => !range.endsWith("/0"), { error: "is the whole internet" }))
      .default([])
      .meta({
        description:
          "address ranges that reach the API server from the internet, with a log-in; by default none, so that one deploys from inside of the VPC",
        examples: [["203.0.113.0/24"]],
      }),
    logRetentionDays: retentionDays("the control plane's logs").default(90),
    network: networkSchema,
    nodePools: z
      .strictObject({
        platform: pool("the platform's own pods", "16", "64Gi"),
        driver: pool("drivers", "64", "256Gi"),
        executor: pool("executors", "256", "1024Gi"),
      })
      .prefault({})
      .meta({
        description: "how far nodes scale; without pods there are none for drivers and executors",
        examples: [{ executor: { cpu: "512", memory: "2048Gi" } }],
      }),
  })
  .meta({
    description: "the cluster to make",
    examples: [{ admins: ["arn:aws:iam::111122223333:role/deploy"], publicAccess: ["203.0.113.0/24"] }],
  });
