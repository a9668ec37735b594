import { createServer, type Server } from "node:http";

import type { Registry } from "prom-client";

/** GET /metrics on a port of its own, which no ingress leads to; nothing else is there. */
export function metricsServer(registry: Registry): Server {
  return createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
