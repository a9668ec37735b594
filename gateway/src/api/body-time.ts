import type { FastifyInstance } from "fastify";

import { secondMs } from "../clock.ts";
import { answerClientError } from "../errors/client-errors.ts";
import type { Problem } from "../errors/problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Milliseconds that a body has to arrive, `longestBodyMs` at the most. Default: 30 s. */
    bodyMs?: number;
  }
}

const standardBodyMs = 30 * secondMs;

/** What the server itself grants every request: 200 MiB over a line of 2 Mbit/s. */
export const longestBodyMs = 900 * secondMs;

/** Ends requests to the routes of `app` whose bodies do not arrive in the time that their route gives them. */
export function limitBodyTime(app: FastifyInstance, onProblem: (problem: Problem) => void): void {
  app.addHook("onRequest", ({ raw, headers, routeOptions }, reply, done) => {
    if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) {
      const timer = setTimeout(() => {
        // What was refused before has its answer, and what is being answered can have no other.
        if (reply.raw.headersSent) raw.destroy();
        else answerClientError(new LateBody(), raw.socket, onProblem);
      }, routeOptions.config.bodyMs ?? standardBodyMs).unref();
      const arrived = (): void => {
        clearTimeout(timer);
      };
      raw.once("end", arrived).once("close", arrived);
    }
    done();
  });
}

/** As Node says it of a request that takes too long. */
class LateBody extends Error {
  readonly code = "ERR_HTTP_REQUEST_TIMEOUT";
}
