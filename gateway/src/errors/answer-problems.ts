import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { problemBody } from "./problem-schema.ts";
import { Problem, toProblem } from "./problem.ts";

/** Seconds after which a client may try again, by status. */
const retryAfterSeconds: Readonly<Record<number, number>> = { 429: 60, 503: 5 };

/** Makes every failure of the app, its unknown paths included, an answer of application/problem+json. */
export function answerProblems(app: FastifyInstance, onProblem: (problem: Problem) => void): void {
  app.setErrorHandler((error, request, reply) => {
    sendProblem(toProblem(error), request, reply, onProblem);
  });
  app.setNotFoundHandler((request, reply) => {
    sendProblem(new Problem("not-found", "there is nothing at this path"), request, reply, onProblem);
  });
}

/** Answers with a problem; faults of ours and of what we depend on go to the log with their cause. */
export function sendProblem(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
  onProblem: (problem: Problem) => void,
): void {
  onProblem(problem);
  if (problem.status >= 500)
    request.log.error({ err: problem.cause ?? problem, code: problem.code }, problem.message);
  const seconds = retryAfterSeconds[problem.status];
  if (seconds !== undefined) reply.header("retry-after", seconds);
  // Nobody waits for the rest of what did not arrive in time.
  if (problem.status === 408) reply.header("connection", "close");
  if (problem.status === 401) reply.header("www-authenticate", challenge(problem));
  void reply
    .code(problem.status)
    .type("application/problem+json")
    .serializer((body) => JSON.stringify(body))
    .send(problemBody(problem, request.id));
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3: no error code where there was no token. */
function challenge(problem: Problem): string {
  const realm = 'Bearer realm="spark-platform"';
  return problem.code === "not-authenticated" ? realm : `${realm}, error="invalid_token"`;
}
