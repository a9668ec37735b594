import { Readable } from "node:stream";

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { longestBodyMs } from "../api/body-time.ts";
import { allButBody, invalidInput } from "../api/validation.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import { maxUploadBytes, uploadKindSchema, uploadSha256Schema } from "./upload.ts";
import type { Uploads } from "./uploads.ts";

/** What an upload is sent as: nothing looks into it. */
export const uploadType = "application/octet-stream";

const pathSchema = z.strictObject({ kind: uploadKindSchema, sha256: uploadSha256Schema });

/** A stream here, which passes by the validation. */
const contentSchema: z.ZodType<string | Readable> = z.string().min(1).meta({
  description: "the content, 1 byte to 200 MiB, with its Content-Length",
  format: "binary",
});

const answerSchema = z
  .object({ there: z.literal(true) })
  .meta({ id: "UploadDone", description: "it is in the store" });

/** PUT /uploads/{kind}/{sha256}: code on its way into a store that its client cannot reach. */
export function passUploadsOn(v1: FastifyInstance, uploads: Pick<Uploads, "put">): void {
  v1.register((app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(uploadType, (_request, content, parsed) => {
      parsed(null, content);
    });
    app.withTypeProvider<ZodTypeProvider>().route({
      method: "PUT",
      url: "/uploads/:kind/:sha256",
      config: { access: { action: "uploads:create" }, bodyMs: longestBodyMs },
      schema: {
        tags: ["uploads"],
        operationId: "putUpload",
        summary: "Upload code",
        description:
          "To the store, as it comes; of what is not the content that the path names, or breaks off, nothing stays there. " +
          "It may take 15 minutes, and not stand still for 20 seconds.",
        params: pathSchema,
        consumes: [uploadType],
        body: contentSchema,
        response: { 200: answerSchema, ...problemResponses },
      },
      validatorCompiler: allButBody,
      handler: async ({ params, headers, body }) => {
        const size = sizeOf(headers["content-length"]);
        if (!(body instanceof Readable)) throw new TypeError("the content is no stream");
        await uploads.put(params, size, body);
        return { there: true as const };
      },
    });
    done();
  });
}

/** @throws Problem where it is not said, or not one that an upload may have. */
function sizeOf(contentLength: string | undefined): number {
  const size = Number(contentLength ?? 0);
  if (size > maxUploadBytes) throw new Problem("request-too-large", "an upload may have 200 MiB at most");
  if (size > 0) return size;
  const expected = "the size of the content, at least 1 byte";
  const problem = contentLength === undefined ? "is missing" : `${contentLength} is below the minimum of 1`;
  throw invalidInput([{ path: "headers.content-length", problem, expected }]);
}
