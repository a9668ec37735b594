import { z } from "zod";

import { codeSchema } from "../jobs/code.ts";
import { jobDefaultsSchema } from "./job-defaults.ts";
import { awsUiSchema } from "./schema/alb-ui.ts";
import { awsSchema, domainSchema } from "./schema/aws.ts";
import { eksSchema } from "./schema/eks.ts";
import { existingClusterSchema } from "./schema/existing-cluster.ts";
import { text } from "./schema/fields.ts";
import { awsGatewaySchema, gatewaySchema } from "./schema/gateway.ts";
import { historySchema } from "./schema/history.ts";
import { namespaceSchema, operatorSchema } from "./schema/platform.ts";
import { awsRegistrySchema, registrySchema } from "./schema/registry.ts";
import { s3BucketSchema, storageSchema } from "./schema/storage.ts";
import { uiSchema } from "./schema/ui.ts";

/**
 * What a stack file may say, below `spark-platform:`. Each field carries its description and an example of a right
 * value; errors show both. Pulumi.yaml declares the same keys (a test compares them).
 */

const imagesSchema = z
  .strictObject({
    registry: text(
      "registry and folder of the platform's images; by default spark-platform in the stack's registry, else on localhost",
      "registry.example.org/spark-platform",
    ).optional(),
  })
  .prefault({})
  .meta({ description: "where images are", examples: [{ registry: "registry.example.org/spark-platform" }] });

/** A job of the stack: a namespace, a job's own fields, and its code if that travels with it. Its name is the key. */
export const declaredJobSchema = z.looseObject({
  namespace: text("one of the stack's namespaces", "analytics"),
  code: codeSchema.optional(),
});

const targets = ["kubeconfig", "aws"] as const;

export const targetSchema = z.enum(targets).default("kubeconfig").meta({
  description: "where to install: in a cluster that exists (kubeconfig), or in AWS, where all is made (aws)",
  examples: targets,
});

/** Keys that say the same whatever the target. */
export const commonKeys = {
  images: imagesSchema,
  namespaces: z
    .array(namespaceSchema)
    .min(1)
    .prefault([])
    .meta({ description: "the teams' namespaces", examples: [[{ name: "analytics" }]] }),
  operator: operatorSchema,
  history: historySchema,
  jobDefaults: jobDefaultsSchema,
  jobs: z
    .record(z.string(), declaredJobSchema)
    .default({})
    .meta({
      description: "jobs that the stack declares, by name",
      examples: [{ "word-count": { namespace: "analytics", code: { file: "examples/word_count.py" } } }],
    }),
};

/** Keys that each target has its own of. */
export const targetKeys = {
  kubeconfig: {
    cluster: existingClusterSchema,
    storage: storageSchema,
    registry: registrySchema,
    ui: uiSchema,
    gateway: gatewaySchema,
  },
  aws: {
    aws: awsSchema,
    domain: domainSchema,
    cluster: eksSchema,
    storage: s3BucketSchema,
    registry: awsRegistrySchema,
    ui: awsUiSchema,
    gateway: awsGatewaySchema,
  },
};

/** Every key there is, of whatever target. */
export const stackKeys: ReadonlySet<string> = new Set(
  [targetKeys.kubeconfig, targetKeys.aws, commonKeys].flatMap((keys) => ["target", ...Object.keys(keys)]),
);

/** What a stack file may say, for each target. `checkStack` has found out which one that is. */
export const stackSchemas = {
  kubeconfig: z.strictObject({ target: z.literal("kubeconfig"), ...targetKeys.kubeconfig, ...commonKeys }),
  aws: z.strictObject({ target: z.literal("aws"), ...targetKeys.aws, ...commonKeys }),
};

export type KubeconfigSettings = z.output<typeof stackSchemas.kubeconfig>;
export type AwsSettings = z.output<typeof stackSchemas.aws>;
export type StackSettings = KubeconfigSettings | AwsSettings;
