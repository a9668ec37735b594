import { z } from "zod";

import { regions, type Region } from "../../components/cluster/regions.ts";
import { hostName, text } from "./fields.ts";

const regionNames = Object.keys(regions).filter((name): name is Region => Object.hasOwn(regions, name));

/** Keys and values as AWS takes them for most of what can be tagged. */
const tagText = z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,127}$/u);

export const awsSchema = z
  .strictObject({
    region: z
      .enum(regionNames)
      .meta({ description: "region of everything that the stack makes", examples: ["eu-central-1"] }),
    protect: z
      .boolean()
      .default(true)
      .meta({
        description:
          "whether what holds data, and what cannot be had again, outlives a destroy; without it the data goes with the stack",
        examples: [true],
      }),
    permissionsBoundary: z
      .string()
      .regex(/^arn:aws:iam::\d{12}:policy\/[\w+=,.@/-]+$/)
      .optional()
      .meta({
        description:
          "ARN of the policy that no role and no user with rights of the stack's own may go beyond; by default none",
        examples: ["arn:aws:iam::111122223333:policy/spark-platform-boundary"],
      }),
    tags: z
      .record(
        tagText.refine((key) => !/^aws:/i.test(key), { error: "is AWS's own" }),
        tagText.meta({ description: "value of the tag", examples: ["data-platform"] }),
      )
      .default({})
      .meta({
        description: "tags of everything that the stack makes in AWS, beside its own",
        examples: [{ "cost-center": "4711" }],
      }),
  })
  .meta({ description: "the account's part of the stack", examples: [{ region: "eu-central-1" }] });

export const domainSchema = z
  .strictObject({
    name: hostName("DNS domain that the stack's hosts are below", "dev.spark.example.org"),
    zone: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("create") }),
        z.strictObject({
          kind: z.literal("existing"),
          id: z
            .string()
            .regex(/^Z[A-Z0-9]{4,31}$/)
            .meta({ description: "id of the zone in Route 53", examples: ["Z0123456789ABCDEFGHIJ"] }),
        }),
      ])
      .meta({
        description: "the domain's zone in Route 53: one that the stack makes (create), or one that exists",
        examples: [{ kind: "create" }, { kind: "existing", id: "Z0123456789ABCDEFGHIJ" }],
      }),
  })
  .meta({
    description: "the domain of the registry and of the pages",
    examples: [{ name: "dev.spark.example.org", zone: { kind: "create" } }],
  });

/** ARN of who may administer the cluster. */
export const principal = text("ARN of an IAM role or user", "arn:aws:iam::111122223333:role/deploy").regex(
  /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
);
