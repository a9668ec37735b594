import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { page, pageQuerySchema, pageSchema, position } from "../api/pages.ts";
import { iso, isoTime } from "../api/times.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import type { Store } from "../store/store.ts";

const eventSchema = z
  .object({
    id: z.int().meta({ description: "grows with every event" }),
    at: isoTime,
    requestId: z.string(),
    address: z.string().meta({ description: "where the call came from" }),
    actor: z.string().nullable().meta({ description: "who called; null where that was not established" }),
    actorFamily: z.string().nullable().meta({ description: "the family whose token it was" }),
    action: z.string(),
    outcome: z.enum(["allowed", "refused"]),
    code: z.string().nullable().meta({ description: "the problem's code, where refused" }),
    target: z
      .string()
      .nullable()
      .meta({ description: "what it was about: a family, a register token, or a client's name" }),
    detail: z.string().nullable(),
  })
  .meta({ id: "AuditEvent", description: "a call of the token API and what became of it" });

const afterSchema = z.tuple([z.int()]);

/** GET /audit: every call of the token API, newest first. */
export function auditRoutes(app: FastifyInstance, { db }: Store): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/audit",
    config: { access: { action: "audit:list" } },
    schema: {
      tags: ["audit"],
      summary: "List the calls of the token API",
      querystring: pageQuerySchema,
      response: { 200: pageSchema(eventSchema), ...problemResponses },
    },
    handler: async ({ query: { limit, cursor } }) => {
      let query = db.selectFrom("audit").selectAll();
      if (cursor !== undefined) query = query.where("id", "<", position(afterSchema, cursor)[0]);
      const rows = await query
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      return page(
        rows,
        limit,
        ({ id }) => [id],
        (row) => ({
          id: row.id,
          at: iso(row.at),
          requestId: row.request_id,
          address: row.address,
          actor: row.actor,
          actorFamily: row.actor_family,
          action: row.action,
          outcome: row.outcome,
          code: row.code,
          target: row.target,
          detail: row.detail,
        }),
      );
    },
  });
}
