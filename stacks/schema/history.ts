import { z } from "zod";

import { memoryMiB } from "../../jobs/manifest/quantities.ts";

export const historySchema = z
  .strictObject({
    memory: z
      .string()
      .refine((memory) => (memoryMiB(memory) ?? 0) >= 512, { error: "is not at least 512m" })
      .default("1g")
      .meta({
        description:
          "the JVM's heap in MiB (m) or GiB (g), at least 512m; with 1g, applications with event logs of 1 GB before compression (200,000 tasks) took 880 MiB of the pod's 1536",
        examples: ["4g"],
      }),
    maxAge: z
      .string()
      .regex(/^[1-9]\d{0,3}[hd]$/)
      .default("30d")
      .meta({
        description: "age at which event logs are removed, in hours (h) or days (d)",
        examples: ["90d"],
      }),
  })
  .prefault({})
  .meta({
    description: "the History Server, where there are pages (ui)",
    examples: [{ memory: "4g", maxAge: "90d" }],
  });
