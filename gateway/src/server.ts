import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";

import type { FastifyInstance, FastifyServerFactory } from "fastify";

import type { ServerCertificate } from "./tls.ts";

/** An app that answers for hosts of its own at the address of another. */
export interface HostedApp {
  readonly app: Pick<FastifyInstance, "routing">;
  /** Tells if a Host header is for it. */
  readonly isAt: (host: string | undefined) => boolean;
}

export interface ServerArgs {
  /** Undefined: plain HTTP, where somebody before the gateway ends TLS. */
  readonly tls: ServerCertificate | undefined;
  /** Undefined: the app answers for every host. */
  readonly hosted: HostedApp | undefined;
  readonly timeouts: Readonly<Record<"headersTimeout" | "requestTimeout" | "keepAliveTimeout", number>>;
}

/** One server for an app and for what is hosted beside it. Fastify leaves a server that is given to it as it is. */
export function serverOf({ tls, hosted, timeouts }: ServerArgs): FastifyServerFactory {
  return (handler) => {
    const listener: RequestListener = (request, response) => {
      if (hosted?.isAt(request.headers.host) === true) hosted.app.routing(request, response);
      else handler(request, response);
    };
    const server =
      tls === undefined
        ? createHttpServer(listener)
        : createHttpsServer({ cert: tls.certificate, key: tls.key }, listener);
    return Object.assign(server, timeouts);
  };
}
