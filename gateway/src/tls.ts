import { createServer } from "node:https";
import { createSecureContext } from "node:tls";

import type { FastifyServerFactory } from "fastify";

/** PEMs of a server's certificate and of its key. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Whether a server could show the certificate: both are PEM, and belong together. */
export function isUsable({ certificate, key }: ServerCertificate): boolean {
  try {
    createSecureContext({ cert: certificate, key });
    return true;
  } catch {
    return false;
  }
}

/** HTTPS in the place of HTTP, of TLS 1.2 or newer as Node has it. Fastify leaves a server that is given to it as it is. */
export function overTls(
  { certificate, key }: ServerCertificate,
  timeouts: Readonly<Record<"headersTimeout" | "requestTimeout" | "keepAliveTimeout", number>>,
): FastifyServerFactory {
  return (handler) => {
    const server = createServer({ cert: certificate, key }, handler);
    return Object.assign(server, timeouts);
  };
}
