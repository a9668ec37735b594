import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";

import { longestBodyMs } from "../../src/api/body-time.ts";
import { startGateway } from "../support/gateway.ts";

test("a body has the time that its route gives it, and then there is an answer and no connection any more", async (context) => {
  const access = { action: "health:read" } as const;
  const { app, metrics } = await startGateway(context, "sqlite", {
    routes: (v1) => {
      v1.post("/short", { config: { access, bodyMs: 20 } }, () => ({}));
      v1.post("/refused", { config: { access: { action: "whoami:read" }, bodyMs: 20 } }, () => ({}));
      v1.post("/long", { config: { access, bodyMs: longestBodyMs } }, () => ({}));
    },
  });
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const head = (path: string): string =>
    `POST /v1/${path} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{`;
  const opened = (path: string): Socket => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(head(path));
    return socket;
  };
  const [short, refused, long] = [opened("short"), opened("refused"), opened("long")];
  const late = await textOf(short);
  assert.match(late, /^HTTP\/1\.1 408 [^]*"code":"request-timeout"/);
  assert.match(await metrics.registry.metrics(), /problems_total\{code="request-timeout"\} 1/);
  assert.match(await textOf(refused), /^HTTP\/1\.1 401 [^]*"code":"not-authenticated"[^}]*\}$/);
  long.write("}");
  const pieces = await once(long.setEncoding("utf8"), "data");
  assert.match(String(pieces[0]), /^HTTP\/1\.1 200 /);
  long.destroy();
});

/** All that comes, until the other side closes. */
async function textOf(socket: Socket): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of socket.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}
