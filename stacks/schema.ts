import { z } from "zod";

import { codeSchema } from "../jobs/code.ts";
import { jobDefaultsSchema } from "./job-defaults.ts";

/**
 * What a stack file may say, below `spark-platform:`. Each field carries its description and an example of a right
 * value; errors show both. Pulumi.yaml declares the same keys (a test compares them).
 */

const quantity = (description: string, example: string): z.ZodString =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/)
    .meta({ description: `${description}, a Kubernetes quantity`, examples: [example] });

const secret = (description: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ description: `${description}, a secret`, examples: ["{ secure: v1:… }"], secret: true });

/** What the API server asks of a secret of type dockerconfigjson. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const text = (description: string, example: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ description, examples: [example] });

const dnsLabel = (description: string, example: string): z.ZodString =>
  z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
    .meta({
      description: `${description}: lower-case letters, digits and dashes, 63 at most`,
      examples: [example],
    });

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
      "registry and folder of the platform's images",
      "registry.example.org/spark-platform",
    ).default("localhost/spark-platform"),
    dockerConfig: secret("Docker configuration (JSON) with the registry's credentials")
      .refine(isJsonObject, { error: "is not a JSON object" })
      .optional(),
  })
  .prefault({})
  .meta({ description: "where images are", examples: [{ registry: "registry.example.org/spark-platform" }] });

const volumeSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("claim"),
      size: quantity("size of the volume", "20Gi").default("20Gi"),
      storageClass: text("storage class; by default the cluster's own", "standard").optional(),
    }),
    z.strictObject({
      kind: z.literal("node"),
      path: z
        .string()
        .startsWith("/")
        .meta({ description: "folder on the node, which must exist", examples: ["/var/lib/spark-store"] }),
      node: text("the node's kubernetes.io/hostname label", "node-1"),
      size: quantity("size of the volume", "20Gi").default("20Gi"),
    }),
  ])
  .default({ kind: "claim", size: "20Gi" })
  .meta({ description: "where the store keeps its data", examples: [{ kind: "claim", size: "20Gi" }] });

const bucketFields = {
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)
    .default("spark")
    .meta({
      description: "name of the bucket, 3 to 63 lower-case letters, digits and dashes",
      examples: ["spark"],
    }),
  region: text("region that requests are signed for", "us-east-1").default("us-east-1"),
  objects: z
    .record(
      z.string().regex(/^(datasets|code)\/[^/].*$/),
      text("path of a file in the project", "examples/data/poem.txt"),
    )
    .default({})
    .meta({
      description: "small files to put in the bucket: key, below datasets/ or code/, and the file's path",
      examples: [{ "code/top_words.py": "examples/top_words.py" }],
    }),
};

const keyPair = (use: string): z.ZodType<{ accessKeyId: string; secretAccessKey: string }> =>
  z
    .strictObject({
      accessKeyId: text(`access key id for ${use}`, "AKIAEXAMPLE"),
      secretAccessKey: secret(`secret access key for ${use}`),
    })
    .meta({ description: `key pair for ${use}: accessKeyId and secretAccessKey` });

/** The same pair may stand in more than one place, where the store knows only one. */
const storageKeysSchema = z
  .strictObject({
    admin: keyPair("making the bucket and its first objects"),
    jobs: keyPair("jobs"),
    history: keyPair("the History Server"),
    operator: keyPair("the operator"),
  })
  .meta({
    description: "keys for admin, jobs, history and operator",
    examples: ["pulumi config set --secret --path storage.keys.jobs.secretAccessKey"],
    // Also where somebody writes a key in the place of the whole.
    secret: true,
  });

const storageSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("in-cluster"), ...bucketFields, volume: volumeSchema }),
    z.strictObject({
      kind: z.literal("existing"),
      ...bucketFields,
      endpoint: z
        .url({ protocol: /^https?$/ })
        .meta({ description: "the store's URL as pods reach it", examples: ["https://s3.example.org"] }),
      pathStyle: z
        .boolean()
        .default(true)
        .meta({ description: "whether the bucket's name is in the path, not in the host", examples: [true] }),
      keys: storageKeysSchema,
    }),
  ])
  .prefault({ kind: "in-cluster" })
  .meta({
    description:
      "the bucket of data, code and event logs: a store in the cluster (in-cluster) or one that exists",
    examples: [{ kind: "in-cluster" }, { kind: "existing", endpoint: "https://s3.example.org" }],
  });

const namespaceSchema = z.strictObject({
  name: dnsLabel("name of the team's namespace", "analytics").refine(
    (name) => !/^(default|kube-.*|spark-operator|spark-storage|spark-storage-setup)$/.test(name),
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
  namespaces: z
    .array(namespaceSchema)
    .min(1)
    .prefault([])
    .meta({ description: "the teams' namespaces", examples: [[{ name: "analytics" }]] }),
  operator: operatorSchema,
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
