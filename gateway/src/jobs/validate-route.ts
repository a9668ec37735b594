import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { problemResponses } from "../errors/problem-schema.ts";
import type { Platform } from "../platform.ts";
import { namespaceOf, prepareSubmission, submissionBytes } from "./submission.ts";
import { usablePlatform } from "./usable-platform.ts";

/** Anything that is an object: what is wrong with it is the answer. */
const bodySchema = z
  .looseObject({})
  .meta({ description: "a submission, right or wrong", examples: [{ namespace: "analytics", job: {} }] });

const answerSchema = z
  .object({
    valid: z.boolean(),
    violations: z
      .array(z.object({ path: z.string(), problem: z.string(), expected: z.string() }))
      .meta({ description: "all that is wrong: where, what, and what would be right" }),
    manifest: z.record(z.string(), z.unknown()).optional().meta({
      description: "the resource that it would become, where it is right; its name is made anew by each key",
    }),
  })
  .meta({ id: "Validation", description: "what a submission would become" });

/**
 * POST /applications:validate: what a submission would become, or all that is wrong with it. Nothing is submitted, and
 * neither the cluster nor the store is asked.
 */
export function validateRoute(app: FastifyInstance, platform: Platform): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "POST",
    url: "/applications::validate",
    bodyLimit: submissionBytes,
    config: { access: { action: "applications:validate", namespace: namespaceOf } },
    schema: {
      tags: ["applications"],
      summary: "Check a submission without submitting it",
      body: bodySchema,
      response: { 200: answerSchema, ...problemResponses },
    },
    handler: ({ subject, body }) => {
      // No submission's key is empty: this name is nobody's.
      const prepared = prepareSubmission({
        body,
        owner: subject?.name ?? "",
        idempotencyKey: "",
        platform: usablePlatform(platform, subject),
      });
      if (!prepared.ok) return { valid: false, violations: [...prepared.violations] };
      return { valid: true, violations: [], manifest: { ...prepared.value.manifest } };
    },
  });
}
