import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";

import { longestBodyMs } from "../../src/api/body-time.ts";
import { startGateway } from "../support/gateway.ts";

test("a body has the time that its route gives it, and then there is an answer and no connection any more", async (context) => {
  const access = { action: "health:read" } as const;
  const { app, metrics } = await startGateway(context, "sqlite", {
    routes: (v1) => {
      v1.post("/short", { config: { access, bodyMs: 20 } }, () => ({}));
      v1.post("/long", { config: { access, bodyMs: longestBodyMs } }, () => ({}));
    },
  });
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const head = (path: string): string =>
    `POST /v1/${path} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{`;
  const [short, long] = ["short", "long"].map((path) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(head(path));
    return socket;
  });
  const late = await textOf(short ?? assert.fail());
  assert.match(late, /^HTTP\/1\.1 408 [^]*"code":"request-timeout"/);
  assert.match(await metrics.registry.metrics(), /problems_total\{code="request-timeout"\} 1/);
  long?.write("}");
  assert.match(await textOf(long ?? assert.fail()), /^HTTP\/1\.1 200 /);
});

async function textOf(socket: Socket): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of socket.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}
