import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { describeValue, listed } from "../../../jobs/manifest/text.ts";
import { pageQuerySchema, pageSchema } from "../api/pages.ts";
import { invalidInput } from "../api/validation.ts";
import { callOf } from "../audit/audit.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import type { Platform } from "../platform.ts";
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

/**
 * What admins do with register tokens: make, list and revoke them. `platform`: undefined where the gateway serves tokens
 * alone.
 */
export function registerTokenRoutes(
  app: FastifyInstance,
  tokens: Tokens,
  platform: Pick<Platform, "namespaces"> | undefined,
): void {
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
      demandNamespaces(request.body.namespaces ?? [], platform);
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

/** @throws Problem with each name that is not a namespace of the platform: such a token would be of no use. */
function demandNamespaces(
  named: readonly string[],
  platform: Pick<Platform, "namespaces"> | undefined,
): void {
  const known = Object.keys(platform?.namespaces ?? {});
  const expected = known.length === 0 ? "null: this gateway has no namespaces" : `one of ${listed(known)}`;
  const violations = named.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const problem = `${describeValue(name)} is not a namespace of this platform's jobs`;
    return [{ path: `namespaces[${index}]`, problem, expected }];
  });
  if (violations.length > 0) throw invalidInput(violations);
}
