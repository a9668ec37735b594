import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

import { whoMay } from "../auth/authorize.ts";

/** Collects the routes that are added to `app` afterwards into an OpenAPI document, made of their own schemas. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  app.addHook("onRoute", (route) => {
    const access = route.config?.access;
    if (route.schema === undefined || access === undefined) return;
    route.schema.operationId ??= operationId(access.action);
    route.schema.security ??= whoMay(access.action) === "anyone" ? [] : [{ token: [] }];
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "spark-platform gateway",
        version: "1",
        description: "Errors are application/problem+json; their codes never change their meaning.",
      },
      components: {
        securitySchemes: {
          token: {
            type: "http",
            scheme: "bearer",
            description: "an access token, or a service account's token for the platform's audience",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: withUsedSchemas,
  });
}

/** GET /openapi.json: the document. */
export function openapiRoute(app: FastifyInstance): void {
  app.get("/openapi.json", { config: { access: { action: "openapi:read" } }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}

/** The document with its shared schemas, of which the library adds each twice: as an input and as an output. */
const withUsedSchemas: SwaggerTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document);
  const schemas = ("components" in whole ? whole.components.schemas : undefined) ?? {};
  // Again and again, since what only an unused one refers to is not used either.
  for (let unused = unusedIn(whole, schemas); unused.length > 0; unused = unusedIn(whole, schemas)) {
    for (const id of unused) Reflect.deleteProperty(schemas, id);
  }
  // By name, whatever was loaded first, so that the document changes with the API alone.
  for (const [id, schema] of Object.entries(schemas).toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    Reflect.deleteProperty(schemas, id);
    Reflect.set(schemas, id, schema);
  }
  return whole;
};

function unusedIn(document: unknown, schemas: object): readonly string[] {
  const text = JSON.stringify(document);
  return Object.keys(schemas).filter((id) => !text.includes(`"#/components/schemas/${id}"`));
}

/** `register-tokens:create` -> `createRegisterTokens`: a name for clients that are generated. */
function operationId(action: string): string {
  const [noun = "", verb = ""] = action.split(":");
  return verb + noun.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
