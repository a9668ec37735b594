import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";

import { problemBody } from "./problem-schema.ts";
import { Problem } from "./problem.ts";

/** Answers what is no HTTP, or does not arrive in time: Node gives up on it before there is a request. */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
  onProblem: (problem: Problem) => void,
): void {
  // The client is gone, or has had an answer already.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? new Problem("request-timeout", "send it again, faster")
      : new Problem("malformed-request", "this is not a request of HTTP/1.1");
  onProblem(problem);
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    "connection: close",
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
