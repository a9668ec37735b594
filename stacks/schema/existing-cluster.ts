import { z } from "zod";

import { secret, text } from "./fields.ts";

export const existingClusterSchema = z
  .strictObject({
    kubeconfig: secret("text of the kubeconfig").optional(),
    kubeconfigPath: text("path of a kubeconfig file", "~/.kube/config").optional(),
    context: text("context of the kubeconfig", "kind-spark").optional(),
    identifier: text("what makes this cluster the same cluster to Pulumi", "kind-spark").optional(),
    dns: z
      .array(z.union([z.cidrv4(), z.cidrv6()]))
      .default([])
      .meta({
        description:
          "address ranges at which names are answered, beside pods of kube-system with the label k8s-app: kube-dns and NodeLocal DNSCache at 169.254.20.10; pods reach no other port 53",
        examples: [["10.96.0.10/32"]],
      }),
  })
  .prefault({})
  .meta({ description: "the cluster to install in", examples: [{ context: "kind-spark" }] });
