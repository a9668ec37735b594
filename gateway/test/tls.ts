import assert from "node:assert/strict";
import { get } from "node:https";
import { test } from "node:test";

import { selfSigned } from "./support/certificate.ts";
import { startGateway } from "./support/gateway.ts";

test("with a certificate the API speaks HTTPS, and nothing else", async (context) => {
  const tls = await selfSigned("localhost");
  const { app } = await startGateway(context, "sqlite", { tls });
  const port = Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
  const status = await new Promise((resolve, reject) => {
    get(
      { host: "localhost", port, family: 4, path: "/healthz", ca: tls.certificate, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    ).on("error", reject);
  });
  assert.equal(status, 200);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

test("an idle connection outlasts that of a load balancer, and a request does not last for ever, with TLS or without", async (context) => {
  for (const tls of [undefined, await selfSigned("localhost")]) {
    const { app } = await startGateway(context, "sqlite", { tls });
    const { keepAliveTimeout, headersTimeout, requestTimeout } = app.server;
    assert.deepEqual([keepAliveTimeout, headersTimeout, requestTimeout], [320_000, 30_000, 900_000]);
  }
});
