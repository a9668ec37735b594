import assert from "node:assert/strict";
import { once } from "node:events";
import { IncomingMessage, request } from "node:http";
import { test } from "node:test";

import fastify from "fastify";

import { serverOf } from "../src/server.ts";

test("a host of the other app's gets that app, at the same address, and every other host the first", async (context) => {
  const hosted = fastify();
  hosted.get("/", () => "pages");
  await hosted.ready();
  const timeouts = { headersTimeout: 1000, requestTimeout: 1000, keepAliveTimeout: 1000 };
  const isAt = (host: string | undefined): boolean => host === "a.pages.test";
  const app = fastify({
    serverFactory: serverOf({ tls: undefined, hosted: { app: hosted, isAt }, timeouts }),
  });
  app.get("/", () => "api");
  await app.listen({ host: "127.0.0.1", port: 0 });
  context.after(() => Promise.all([app.close(), hosted.close()]));
  const bound = app.server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const bodyAt = async (host: string): Promise<string> => {
    const sent = request({ host: "127.0.0.1", port: bound.port, path: "/", headers: { host } });
    sent.end();
    const answered: readonly unknown[] = await once(sent, "response");
    let body = "";
    const [response] = answered;
    assert.ok(response instanceof IncomingMessage);
    response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    await once(response, "end");
    return body;
  };
  assert.equal(await bodyAt("a.pages.test"), "pages");
  for (const host of ["api.test", "pages.test", "127.0.0.1"]) assert.equal(await bodyAt(host), "api", host);
});
