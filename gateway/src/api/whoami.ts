import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { Problem } from "../errors/problem.ts";
import { problemResponses } from "../errors/problem-schema.ts";

const subjectSchema = z
  .object({
    name: z.string().meta({ description: "a client's name, or system:serviceaccount:NAMESPACE:NAME" }),
    role: z.enum(["admin", "user"]),
    family: z.uuid().nullable().meta({ description: "the token's family; null for a service account" }),
    namespaces: z
      .array(z.string())
      .nullable()
      .meta({ description: "the namespaces that the token is limited to; null: it is not limited" }),
  })
  .meta({ id: "Subject", description: "who calls" });

/** GET /whoami: whom the gateway takes the caller for. */
export function whoamiRoute(app: FastifyInstance): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/whoami",
    config: { access: { action: "whoami:read" } },
    schema: {
      tags: ["tokens"],
      summary: "Tell whom the gateway takes the caller for",
      response: { 200: subjectSchema, ...problemResponses },
    },
    handler: ({ subject }) => {
      if (subject === undefined) throw new Problem("not-authenticated", "send a token");
      const { name, role, family, namespaces } = subject;
      return Promise.resolve({
        name,
        role,
        family: family ?? null,
        namespaces: namespaces === "all" ? null : [...namespaces],
      });
    },
  });
}
