import { z } from "zod";

import { dnsLabel, quantity, text } from "./fields.ts";

export const namespaceSchema = z.strictObject({
  name: dnsLabel("name of the team's namespace", "analytics").refine(
    (name) =>
      !/^(default|kube-.*|spark-(gateway|history|operator|registry|storage|storage-setup|ui))$/.test(name),
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
      storage: quantity("size of all volumes that the team's jobs may claim", "1Ti").default("1Ti"),
      ephemeralStorage: quantity(
        "disk of its node that each container may use for shuffle files, spills and logs; over it, the pod is evicted",
        "100Gi",
      ).default("100Gi"),
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

export const operatorSchema = z
  .strictObject({
    workers: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .meta({
        description: "submissions at once; by default one more than `cpu`, rounded up",
        examples: [4],
      }),
    cpu: quantity("CPU that the controller requests", "1")
      // Of memory's suffixes none: the number of workers is taken from it.
      .regex(/^\d+(\.\d+)?m?$/)
      .default("1"),
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
  .meta({ description: "the Spark Operator", examples: [{ cpu: "1" }] });
