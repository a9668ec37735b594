import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { iso, isoTime } from "../api/times.ts";
import { secondMs } from "../clock.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import type { Jobs } from "./jobs.ts";
import { passUploadsOn, uploadType } from "./pass-upload-route.ts";
import { maxUploadBytes, uploadKindSchema, uploadPath, uploadSha256Schema } from "./upload.ts";
import { uploadSeconds, type Uploads } from "./uploads.ts";

const bodySchema = z
  .strictObject({
    sha256: uploadSha256Schema,
    size: z
      .int()
      .min(1)
      .max(maxUploadBytes)
      .meta({ description: "bytes of the content, at most 200 MiB", examples: [1_048_576] }),
    kind: uploadKindSchema,
  })
  .meta({ description: "code that a submission is going to name (code.upload)" });

const answerSchema = z
  .discriminatedUnion("there", [
    z.object({ there: z.literal(true) }).meta({ description: "it is there already; there is nothing to do" }),
    z
      .object({
        there: z.literal(false),
        url: z.string().meta({
          description:
            "where to PUT the content: a URL is the store's, which wants no token; a path is of this API, which wants it",
          examples: [uploadPath({ sha256: "0".repeat(64), kind: "py" })],
        }),
        headers: z
          .record(z.string(), z.string())
          .meta({ description: "what to send with it; the signature of a URL is of these" }),
        expiresAt: isoTime
          .optional()
          .meta({ description: "until when a URL takes it; a path does so at any time" }),
      })
      .meta({ description: "it is to be sent" }),
  ])
  .meta({ id: "UploadAnswer", description: "whether code is in the store, or how to put it there" });

/**
 * POST /uploads: how to put code into the store that is too large to come with a job; where clients cannot reach that, by
 * PUT /uploads/{kind}/{sha256}. `uploads`: none without a store.
 */
export function uploadRoutes(
  app: FastifyInstance,
  { now, platform }: Pick<Jobs, "now" | "platform">,
  uploads: Uploads | undefined,
): void {
  const passesOn = platform.storage?.uploads === "gateway";
  if (passesOn && uploads !== undefined) passUploadsOn(app, uploads);

  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/uploads",
    config: { access: { action: "uploads:create" } },
    schema: {
      tags: ["uploads"],
      summary: "Ask where to upload code",
      description:
        "The content's SHA-256 is its name: it is uploaded once, whoever asks. Any other content is refused.",
      body: bodySchema,
      response: { 200: answerSchema, ...problemResponses },
    },
    handler: async ({ body: { sha256, size, kind } }) => {
      if (uploads === undefined) {
        throw new Problem("uploads-unavailable", "send the code with the job, up to 900 KiB");
      }
      const upload = { sha256, kind };
      if (await uploads.has(upload)) return { there: true as const };
      if (passesOn) {
        const headers = { "content-length": String(size), "content-type": uploadType };
        return { there: false as const, url: uploadPath(upload), headers };
      }
      const expiresAt = iso(now() + uploadSeconds * secondMs);
      return { there: false as const, ...(await uploads.presign(upload, size)), expiresAt };
    },
  });
}
