import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";

import { pageQuerySchema, pageSchema } from "../api/pages.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { applicationPathSchema } from "./application-id.ts";
import { findApplication } from "./applications-store.ts";
import { historyEntrySchema, historyOf } from "./history.ts";
import type { Jobs } from "./jobs.ts";

/** GET /applications/{id}/events: what happened to an application, also once the cluster knows nothing of it. */
export function historyRoutes(app: FastifyInstance, { store }: Jobs): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/applications/:id/events",
    config: {
      access: {
        action: "application-events:list",
        resource: ({ params }) => findApplication(store.db, applicationPathSchema.parse(params).id),
      },
    },
    schema: {
      tags: ["applications"],
      summary: "List what happened to an application, the first first: its states, and Kubernetes' events",
      params: applicationPathSchema,
      querystring: pageQuerySchema,
      response: { 200: pageSchema(historyEntrySchema), ...problemResponses },
    },
    handler: ({ params, query }) => historyOf(store, params.id, query.limit, query.cursor),
  });
}
