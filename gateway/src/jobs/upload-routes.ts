import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { iso, isoTime } from "../api/times.ts";
import { secondMs } from "../clock.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import type { Jobs } from "./jobs.ts";
import { maxUploadBytes, uploadSha256Schema } from "./upload.ts";
import { uploadSeconds, type Uploads } from "./uploads.ts";

const bodySchema = z
  .strictObject({
    sha256: uploadSha256Schema,
    size: z
      .int()
      .min(1)
      .max(maxUploadBytes)
      .meta({ description: "bytes of the content, at most 200 MiB", examples: [1_048_576] }),
    kind: z.enum(["py", "zip"]).meta({ description: "py: a program; zip: modules to import" }),
  })
  .meta({ description: "code that a submission is going to name (code.upload)" });

const answerSchema = z
  .discriminatedUnion("there", [
    z.object({ there: z.literal(true) }).meta({ description: "it is there already; there is nothing to do" }),
    z
      .object({
        there: z.literal(false),
        url: z.string().meta({ description: "where to PUT the content, to the store itself" }),
        headers: z
          .record(z.string(), z.string())
          .meta({ description: "what to send with it; the signature is of these" }),
        expiresAt: isoTime,
      })
      .meta({ description: "it is to be sent, until then" }),
  ])
  .meta({ id: "UploadAnswer", description: "whether code is in the store, or how to put it there" });

/** POST /uploads: how to put code into the store that is too large to come with a job. `uploads`: none without a store. */
export function uploadRoutes(
  app: FastifyInstance,
  { now }: Pick<Jobs, "now">,
  uploads: Uploads | undefined,
): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/uploads",
    config: { access: { action: "uploads:create" } },
    schema: {
      tags: ["uploads"],
      summary: "Ask where to upload code",
      description:
        "The content's SHA-256 is its name: it is uploaded once, whoever asks. The store refuses any other.",
      body: bodySchema,
      response: { 200: answerSchema, ...problemResponses },
    },
    handler: async ({ body: { sha256, size, kind } }) => {
      if (uploads === undefined) {
        throw new Problem("uploads-unavailable", "send the code with the job, up to 900 KiB");
      }
      const upload = { sha256, kind };
      if (await uploads.has(upload)) return { there: true as const };
      const expiresAt = iso(now() + uploadSeconds * secondMs);
      return { there: false as const, ...(await uploads.presign(upload, size)), expiresAt };
    },
  });
}
