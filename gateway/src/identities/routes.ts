import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { page, pageQuerySchema, pageSchema, position } from "../api/pages.ts";
import { iso, isoTime } from "../api/times.ts";
import { callOf } from "../audit/audit.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import type { IdentityRow } from "../store/tables.ts";
import { clientNameSchema } from "../tokens/schemas.ts";
import type { Tokens } from "../tokens/tokens.ts";
import { identityOf, unlink } from "./identities.ts";

const identitySchema = z
  .object({
    clientName: z.string(),
    issuer: z.string().meta({ description: "URL of the OpenID Connect issuer" }),
    subject: z.string().meta({ description: "the issuer's id of the person (sub)" }),
    linkedAt: isoTime.meta({ description: "the person's first visit to the pages" }),
  })
  .meta({ id: "Identity", description: "the person who a client of the API is, as the pages know them" });

const pathSchema = z.strictObject({ clientName: clientNameSchema });

const afterSchema = z.tuple([z.int(), z.string()]);

/** Adds the routes by which admins list the identities of clients, and remove one. */
export function identityRoutes(app: FastifyInstance, { store, now }: Pick<Tokens, "store" | "now">): void {
  const { db } = store;
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.route({
    method: "GET",
    url: "/identities",
    config: { access: { action: "identities:list" } },
    schema: {
      tags: ["identities"],
      summary: "List the clients that are linked to a person who visits the pages",
      querystring: pageQuerySchema,
      response: { 200: pageSchema(identitySchema), ...problemResponses },
    },
    handler: async ({ query: { limit, cursor } }) => {
      let query = db.selectFrom("identities").selectAll();
      if (cursor !== undefined) {
        const [time, name] = position(afterSchema, cursor);
        query = query.where((row) =>
          row(row.refTuple("linked_at", "client_name"), "<", row.tuple(time, name)),
        );
      }
      const rows = await query
        .orderBy("linked_at", "desc")
        .orderBy("client_name", "desc")
        .limit(limit + 1)
        .execute();
      return page(rows, limit, (row) => [row.linked_at, row.client_name], toIdentity);
    },
  });

  routes.route({
    method: "DELETE",
    url: "/identities/:clientName",
    config: {
      access: {
        action: "identities:delete",
        resource: ({ params }) => identityOf(store, pathSchema.parse(params).clientName),
      },
    },
    schema: {
      tags: ["identities"],
      summary: "Remove a client's link to a person",
      description:
        "The person loses the pages of the client's applications, and those that are open within 15 minutes. Whoever visits the pages next with the client's " +
        "name as a verified e-mail address is linked to it.",
      params: pathSchema,
      response: { 200: identitySchema, ...problemResponses },
    },
    handler: async (request) => {
      const removed = await unlink(store, request.params.clientName, callOf(request), now);
      if (removed === undefined) throw new Problem("not-found", "it was removed just now");
      return toIdentity(removed);
    },
  });
}

function toIdentity(row: IdentityRow): z.output<typeof identitySchema> {
  return {
    clientName: row.client_name,
    issuer: row.issuer,
    subject: row.subject,
    linkedAt: iso(row.linked_at),
  };
}
