import { randomUUID } from "node:crypto";

import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
} from "fastify";

import { secondMs } from "../clock.ts";
import { toProblem } from "../errors/problem.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { page, pageHeaders } from "./pages.ts";

export interface PagesAppParts {
  readonly logger: FastifyBaseLogger;
  readonly metrics: Pick<Metrics, "countProblem" | "observe">;
}

/** A server of pages for people: it reads only, and answers what it refuses with a page that says why. */
export function pagesApp({ logger, metrics }: PagesAppParts): FastifyInstance {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ requestIdLogLabel: "requestId", disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: 30 * secondMs,
    forceCloseConnections: "idle",
    frameworkErrors: (_error, _request, reply) => {
      void answer(reply, 400, "Bad request", "The address cannot be read.");
    },
  });
  // Before anybody waits for a body, for which the server that hosts these pages has more patience.
  app.addHook("onRequest", async ({ method }, reply) => {
    if (method === "GET" || method === "HEAD") return;
    const refused = reply.headers({ allow: "GET, HEAD", connection: "close" });
    await answer(refused, 405, "Method not allowed", "Pages are read-only.");
  });
  metrics.observe(app);
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    metrics.countProblem(problem);
    if (problem.status >= 500) request.log.error({ err: error }, "a page could not be shown");
    void answer(reply, problem.status, titles[problem.status] ?? "Internal server error", problem.message);
  });
  app.setNotFoundHandler((_request, reply) =>
    answer(reply, 404, "Not found", "An application's pages are at /ui/NAMESPACE/APPLICATION/."),
  );
  return app;
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "The session has ended",
  403: "Forbidden",
  404: "Not found",
  503: "Service unavailable",
};

/** Answers with a page of one sentence. `text` is ours and never a visitor's. */
export function answer(reply: FastifyReply, status: number, title: string, text: string): FastifyReply {
  return reply.code(status).headers(pageHeaders).send(page(title, text));
}
