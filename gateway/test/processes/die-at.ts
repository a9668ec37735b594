/**
 * Loaded before a gateway: on the message `{ dieAt: n }` it counts the steps that the gateway takes from then on (a
 * statement to the database, a request to Kubernetes, or the sending of an answer), and kills it right before the nth.
 */
import { ClientRequest, ServerResponse } from "node:http";
import { DatabaseSync, StatementSync } from "node:sqlite";

import pg from "pg";

import { numberAt } from "../../../local/kube/json.ts";

let left = Infinity;

process.on("message", (message) => {
  left = numberAt(message, "dieAt") ?? Infinity;
  process.send?.("armed");
});

before(StatementSync.prototype, "all");
before(StatementSync.prototype, "run");
before(DatabaseSync.prototype, "exec");
before(pg.Client.prototype, "query");
before(ClientRequest.prototype, "end");
before(ServerResponse.prototype, "end");

function before(prototype: object, method: string): void {
  const original: unknown = Reflect.get(prototype, method);
  if (typeof original !== "function") throw new Error(`there is no ${method} to stand before`);
  Reflect.set(prototype, method, function (this: unknown, ...given: unknown[]): unknown {
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
    const returned: unknown = Reflect.apply(original, this, given);
    return returned;
  });
}
