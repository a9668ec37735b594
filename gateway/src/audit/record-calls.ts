import type { FastifyInstance } from "fastify";

import type { Clock } from "../clock.ts";
import { toProblem } from "../errors/problem.ts";
import type { Store } from "../store/store.ts";
import { callOf, record } from "./audit.ts";

/**
 * Records the calls of the routes in `app`'s scope that change nothing: what is read, before it is answered, so that
 * nothing is told without a record; and what is refused. Changes are recorded by whoever makes them, with the change.
 * Refusals by the rate limit and failures of the store go to the log alone: the one would flood, the other cannot be
 * written.
 */
export function recordCalls(app: FastifyInstance, { db }: Store, now: Clock): void {
  app.addHook("preHandler", async (request) => {
    const action = request.routeOptions.config.access?.action;
    if (action === undefined || (request.method !== "GET" && request.method !== "HEAD")) return;
    await record(db, now(), callOf(request), { action, outcome: "allowed" });
  });
  app.addHook("onError", async (request, _reply, error) => {
    const action = request.routeOptions.config.access?.action;
    const { code, status, target } = toProblem(error);
    if (action === undefined || status === 429 || status >= 500) return;
    try {
      const event = { action, outcome: "refused", code, ...(target !== undefined && { target }) } as const;
      await record(db, now(), callOf(request), event);
    } catch (failure) {
      request.log.error({ err: failure, action, code }, "the refusal could not be recorded");
    }
  });
}
