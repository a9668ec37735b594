import { z } from "zod";

import { quantity, text } from "./fields.ts";

/** Where a server of a cluster that exists keeps its data; `size` is the default. */
const volume = (size: string) =>
  z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("claim"),
        size: quantity("size of the volume", size).default(size),
        storageClass: text("storage class; by default the cluster's own", "standard").optional(),
      }),
      z.strictObject({
        kind: z.literal("node"),
        path: z
          .string()
          .startsWith("/")
          .meta({ description: "folder on the node, which must exist", examples: ["/var/lib/spark"] }),
        node: text("the node's kubernetes.io/hostname label", "node-1"),
        size: quantity("size of the volume", size).default(size),
      }),
    ])
    .default({ kind: "claim", size })
    .meta({ description: "where the data is kept", examples: [{ kind: "claim", size }] });

export const storeVolume = volume("20Gi");
export const gatewayVolume = volume("1Gi");
