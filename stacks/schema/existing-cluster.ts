import { z } from "zod";

import { secret, text } from "./fields.ts";

export const existingClusterSchema = z
  .strictObject({
    kubeconfig: secret("text of the kubeconfig").optional(),
    kubeconfigPath: text("path of a kubeconfig file", "~/.kube/config").optional(),
    context: text("context of the kubeconfig", "kind-spark").optional(),
    identifier: text("what makes this cluster the same cluster to Pulumi", "kind-spark").optional(),
  })
  .prefault({})
  .meta({ description: "the cluster to install in", examples: [{ context: "kind-spark" }] });
