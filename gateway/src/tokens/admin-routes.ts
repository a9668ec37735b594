import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { pageQuerySchema, pageSchema } from "../api/pages.ts";
import { callOf } from "../audit/audit.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { createRegisterToken, listRegisterTokens, registerTokenOwner } from "./register-tokens.ts";
import { revokeRegisterToken } from "./revoke.ts";
import {
  cascadeQuerySchema,
  newRegisterTokenSchema,
  registerTokenInputSchema,
  registerTokenSchema,
  revokedSchema,
} from "./schemas.ts";
import type { Tokens } from "./tokens.ts";

const tokenPath = z.strictObject({ id: z.uuid().meta({ description: "a register token's id" }) });

/** What admins do with register tokens: make, list and revoke them. */
export function registerTokenRoutes(app: FastifyInstance, tokens: Tokens): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const url = "/tokens/register-tokens";

  routes.route({
    method: "POST",
    url,
    config: { access: { action: "register-tokens:create" } },
    schema: {
      tags: ["register tokens"],
      summary: "Make a register token for a client",
      body: registerTokenInputSchema,
      response: { 201: newRegisterTokenSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      const created = await createRegisterToken(tokens, callOf(request), request.body);
      return reply.code(201).send(created);
    },
  });

  routes.route({
    method: "GET",
    url,
    config: { access: { action: "register-tokens:list" } },
    schema: {
      tags: ["register tokens"],
      summary: "List register tokens",
      querystring: pageQuerySchema,
      response: { 200: pageSchema(registerTokenSchema), ...problemResponses },
    },
    handler: ({ query }) => listRegisterTokens(tokens, query.limit, query.cursor),
  });

  routes.route({
    method: "DELETE",
    url: `${url}/:id`,
    config: {
      access: {
        action: "register-tokens:revoke",
        resource: ({ params }) => registerTokenOwner(tokens.store, tokenPath.parse(params).id),
      },
    },
    schema: {
      tags: ["register tokens"],
      summary: "Revoke a register token that was not used, and with cascade all that came of it",
      params: tokenPath,
      querystring: cascadeQuerySchema,
      response: { 200: revokedSchema, ...problemResponses },
    },
    handler: (request) =>
      revokeRegisterToken(tokens, callOf(request), request.params.id, request.query.cascade),
  });
}
