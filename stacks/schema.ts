import { z } from "zod";

import { codeSchema } from "../jobs/code.ts";
import { jobDefaultsSchema } from "./job-defaults.ts";
import { dnsLabel, quantity, secret, text } from "./schema/fields.ts";
import { historySchema } from "./schema/history.ts";
import { registrySchema } from "./schema/registry.ts";
import { storageSchema } from "./schema/storage.ts";
import { uiSchema } from "./schema/ui.ts";

/**
 * What a stack file may say, below `spark-platform:`. Each field carries its description and an example of a right
 * value; errors show both. Pulumi.yaml declares the same keys (a test compares them).
 */

const clusterSchema = z
  .strictObject({
    kubeconfig: secret("text of the kubeconfig").optional(),
    kubeconfigPath: text("path of a kubeconfig file", "~/.kube/config").optional(),
    context: text("context of the kubeconfig", "kind-spark").optional(),
    identifier: text("what makes this cluster the same cluster to Pulumi", "kind-spark").optional(),
  })
  .prefault({})
  .meta({ description: "the cluster to install in", examples: [{ context: "kind-spark" }] });

const imagesSchema = z
  .strictObject({
    registry: text(
      "registry and folder of the platform's images; by default spark-platform in the stack's registry, else on localhost",
      "registry.example.org/spark-platform",
    ).optional(),
  })
  .prefault({})
  .meta({ description: "where images are", examples: [{ registry: "registry.example.org/spark-platform" }] });

const namespaceSchema = z.strictObject({
  name: dnsLabel("name of the team's namespace", "analytics").refine(
    (name) => !/^(default|kube-.*|spark-(history|operator|registry|storage|storage-setup|ui))$/.test(name),
    { error: "is taken by Kubernetes or by the platform" },
  ),
  quota: z
    .strictObject({
      cpu: quantity("CPU that the team's pods may request", "16").default("16"),
      memory: quantity("memory of the team's pods", "64Gi").default("64Gi"),
      pods: z
        .int()
        .positive()
        .default(100)
        .meta({ description: "pods at the same time", examples: [100] }),
    })
    .prefault({})
    .meta({
      description: "what the team's pods may use together",
      examples: [{ cpu: "16", memory: "64Gi" }],
    }),
  egress: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .default([])
    .meta({
      description: "address ranges outside of the cluster that jobs may reach",
      examples: [["10.1.0.0/16"]],
    }),
});

const operatorSchema = z
  .strictObject({
    workers: z
      .int()
      .min(1)
      .max(100)
      .default(4)
      .meta({ description: "submissions at once", examples: [4] }),
    cpu: quantity("CPU that the controller requests", "1").default("1"),
    chart: text(
      "Helm repository, folder or archive of the operator's chart",
      "https://charts.example.org",
    ).optional(),
    crdUpgradeImage: z
      .string()
      .regex(/^[^/]+\/.+:[^:/]+$/)
      .optional()
      .meta({
        description: "image that upgrades the CRDs, HOST/PATH:TAG",
        examples: ["registry.example.org/kubeflow/spark-operator/kubectl:2.5.2"],
      }),
  })
  .prefault({})
  .meta({ description: "the Spark Operator", examples: [{ workers: 4, cpu: "1" }] });

/** A job of the stack: a namespace, a job's own fields, and its code if that travels with it. Its name is the key. */
export const declaredJobSchema = z.looseObject({
  namespace: text("one of the stack's namespaces", "analytics"),
  code: codeSchema.optional(),
});

export const stackSchema = z.strictObject({
  target: z
    .enum(["kubeconfig"])
    .default("kubeconfig")
    .meta({ description: "where to install: a cluster that exists (kubeconfig)", examples: ["kubeconfig"] }),
  cluster: clusterSchema,
  images: imagesSchema,
  storage: storageSchema,
  registry: registrySchema,
  namespaces: z
    .array(namespaceSchema)
    .min(1)
    .prefault([])
    .meta({ description: "the teams' namespaces", examples: [[{ name: "analytics" }]] }),
  operator: operatorSchema,
  ui: uiSchema,
  history: historySchema,
  jobDefaults: jobDefaultsSchema,
  jobs: z
    .record(z.string(), declaredJobSchema)
    .default({})
    .meta({
      description: "jobs that the stack declares, by name",
      examples: [{ "word-count": { namespace: "analytics", code: { file: "examples/word_count.py" } } }],
    }),
});

export type StackSettings = z.output<typeof stackSchema>;
