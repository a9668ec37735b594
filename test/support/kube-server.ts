import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { TestContext } from "node:test";

import { KubeConfig } from "@kubernetes/client-node";

import { Kube } from "../../local/kube/kube.ts";

/** A client of an API server that is this listener, for as long as the test runs. */
export async function kubeOf(t: TestContext, listener: RequestListener): Promise<Kube> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const config = new KubeConfig();
  const name = "test";
  config.loadFromClusterAndUser(
    { name, server: `http://127.0.0.1:${address.port}`, skipTLSVerify: true },
    { name },
  );
  return new Kube(config);
}
