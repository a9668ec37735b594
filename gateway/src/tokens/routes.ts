import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { pageQuerySchema, pageSchema } from "../api/pages.ts";
import { callOf } from "../audit/audit.ts";
import { authorize } from "../auth/authorize.ts";
import { countingUnknown } from "../auth/guard.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { listFamilies } from "./families.ts";
import { refresh } from "./refresh.ts";
import { register } from "./register.ts";
import { familyOwner, revokeFamily } from "./revoke.ts";
import { cascadeQuerySchema, familySchema, revokedSchema, tokenField, tokenPairSchema } from "./schemas.ts";
import type { Tokens } from "./tokens.ts";

const familyPath = z.strictObject({ family: z.uuid().meta({ description: "a family's id" }) });

/** What clients do with their tokens: register, refresh, list their families and revoke them. */
export function tokenRoutes(app: FastifyInstance, tokens: Tokens): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.route({
    method: "POST",
    url: "/tokens/register",
    config: { access: { action: "tokens:register" } },
    schema: {
      tags: ["tokens"],
      summary: "Use a register token for the first pair of tokens",
      body: z.strictObject({ registerToken: tokenField("register") }),
      response: { 201: tokenPairSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      const { registerToken } = request.body;
      const pair = await countingUnknown(request, () => register(tokens, callOf(request), registerToken));
      return reply.code(201).send(pair);
    },
  });

  routes.route({
    method: "POST",
    url: "/tokens/refresh",
    config: { access: { action: "tokens:refresh" } },
    schema: {
      tags: ["tokens"],
      summary: "Use a refresh token for the next pair of tokens",
      description: "A retry within the grace gets the same pair; a later one revokes the family.",
      body: z.strictObject({ refreshToken: tokenField("refresh") }),
      response: { 200: tokenPairSchema, ...problemResponses },
    },
    handler: (request) =>
      countingUnknown(request, () => refresh(tokens, callOf(request), request.body.refreshToken)),
  });

  routes.route({
    method: "GET",
    url: "/tokens",
    config: { access: { action: "families:list" } },
    schema: {
      tags: ["tokens"],
      summary: "List token families: one's own, or all of them for admins",
      querystring: pageQuerySchema,
      response: { 200: pageSchema(familySchema), ...problemResponses },
    },
    handler: ({ subject, query }) => {
      const owner = authorize(subject, "families:list-all") ? undefined : (subject?.name ?? "");
      return listFamilies(tokens, owner, query.limit, query.cursor);
    },
  });

  routes.route({
    method: "DELETE",
    url: "/tokens/:family",
    config: {
      access: {
        action: "families:revoke",
        resource: ({ params }) => familyOwner(tokens.store, familyPath.parse(params).family),
      },
    },
    schema: {
      tags: ["tokens"],
      summary: "Revoke a token family, and with cascade all that descends from it",
      params: familyPath,
      querystring: cascadeQuerySchema,
      response: { 200: revokedSchema, ...problemResponses },
    },
    handler: (request) => revokeFamily(tokens, callOf(request), request.params.family, request.query.cascade),
  });
}
