import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { TestContext } from "node:test";

/** A driver's web UI over HTTP, with what it was asked. */
export interface FakeDriver {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

export async function startFakeDriver(context: TestContext, answer: RequestListener): Promise<FakeDriver> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}`, requests };
}
