import type { FastifyInstance } from "fastify";
import { Counter, Histogram, Registry } from "prom-client";

import type { Problem } from "../errors/problem.ts";

/** What the gateway counts, for Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  /** Counts a refusal or a failure by its code: `refresh-token-reused` and `store-full` are worth an alert. */
  readonly countProblem: (problem: Problem) => void;
  /** Times the requests of an app. */
  readonly observe: (app: FastifyInstance) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const durations = new Histogram({
    name: "spark_gateway_request_duration_seconds",
    help: "Time to answer a request, by method, route and status",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const problems = new Counter({
    name: "spark_gateway_problems_total",
    help: "Refusals and failures, by code",
    labelNames: ["code"],
    registers: [registry],
  });
  return {
    registry,
    countProblem: ({ code }) => {
      problems.inc({ code });
    },
    observe: (app) => {
      app.addHook("onResponse", (request, reply, done) => {
        // The route's pattern and not the path: a label must not take a value for every id that somebody sends.
        const route = request.routeOptions.url ?? "none";
        durations.observe(
          { method: request.method, route, status: reply.statusCode },
          reply.elapsedTime / 1000,
        );
        done();
      });
    },
  };
}
