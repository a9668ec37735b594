import type { FastifyInstance } from "fastify";

import type { Store } from "../store/store.ts";

/**
 * GET /healthz: the process answers; it never asks the store, whose trouble a restart does not end.
 * GET /readyz: the store answers too, and the gateway is not about to stop. @throws the store's error, as a problem.
 */
export function healthRoutes(app: FastifyInstance, store: Store, isStopping: () => boolean): void {
  const options = { config: { access: { action: "health:read" } }, schema: { hide: true } } as const;
  app.get("/healthz", options, () => ({ status: "ok" }));
  app.get("/readyz", options, async (_request, reply) => {
    if (isStopping()) return reply.code(503).send({ status: "stopping" });
    await store.ping();
    return { status: "ok" };
  });
}
