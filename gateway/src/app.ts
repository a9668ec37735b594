import { randomUUID } from "node:crypto";

import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";

import { limitBodyTime, longestBodyMs } from "./api/body-time.ts";
import { healthRoutes } from "./api/health.ts";
import { readJsonBodies } from "./api/json-body.ts";
import { describeRoutes, openapiRoute } from "./api/openapi.ts";
import { validatorCompiler } from "./api/validation.ts";
import { whoamiRoute } from "./api/whoami.ts";
import { recordCalls } from "./audit/record-calls.ts";
import { auditRoutes } from "./audit/routes.ts";
import { guard } from "./auth/guard.ts";
import type { ServiceAccounts } from "./auth/service-accounts.ts";
import { secondMs } from "./clock.ts";
import { answerProblems, sendProblem } from "./errors/answer-problems.ts";
import { answerClientError } from "./errors/client-errors.ts";
import { refuseOtherMethods } from "./errors/other-methods.ts";
import { toProblem } from "./errors/problem.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { identityRoutes } from "./identities/routes.ts";
import type { Platform } from "./platform.ts";
import { verifyAccess } from "./tokens/access.ts";
import { serverOf, type HostedApp } from "./server.ts";
import type { ServerCertificate } from "./tls.ts";
import { registerTokenRoutes } from "./tokens/admin-routes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import type { Tokens } from "./tokens/tokens.ts";

export interface AppParts {
  readonly tokens: Tokens;
  readonly serviceAccounts: ServiceAccounts | undefined;
  /** Undefined: the gateway serves tokens alone, which cannot be limited to namespaces. */
  readonly platform: Pick<Platform, "namespaces"> | undefined;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Default: plain HTTP, where somebody before the gateway ends TLS. */
  readonly tls?: ServerCertificate | undefined;
  /** An app that answers for hosts of its own at the same address. */
  readonly hosted?: HostedApp | undefined;
  /** Whose X-Forwarded-For is believed: proxies by address and network, or so many before the gateway. */
  readonly trustedProxies: readonly string[] | number;
  /** Adds further routes below /v1; they are guarded and described like the app's own. */
  readonly routes?: ((v1: FastifyInstance) => void | Promise<void>) | undefined;
}

/** Idle connections outlast those of a load balancer before it, which would else send a request into one that closes. */
const timeouts = {
  headersTimeout: 30 * secondMs,
  requestTimeout: longestBodyMs,
  keepAliveTimeout: 320 * secondMs,
};

/** The API, ready to listen or to be injected into. @throws Error where a route does not declare its access. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { tokens, metrics } = parts;
  let stopping = false;
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ requestIdLogLabel: "requestId", disableRequestLogging: true }),
    // Ours and never the client's, in whose header anything could stand.
    genReqId: () => randomUUID(),
    trustProxy: trusted(parts.trustedProxies),
    ...timeouts,
    serverFactory: serverOf({ tls: parts.tls, hosted: parts.hosted, timeouts }),
    // A request that arrives on an open connection while the server closes is answered as well, and is the last there.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => {
      sendProblem(toProblem(error), request, reply, metrics.countProblem);
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, metrics.countProblem);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook("preClose", (done) => {
    stopping = true;
    done();
  });
  // Fastify says so to requests that come while it closes; those that were there would keep their connection open.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (stopping) reply.header("connection", "close");
    done();
  });
  // Too late for a header where a stream ends for it. Whoever keeps the connection, such as a proxy, would be waited for.
  app.addHook("onResponse", ({ raw }, _reply, done) => {
    if (stopping) raw.socket.destroySoon();
    done();
  });
  readJsonBodies(app);
  answerProblems(app, metrics.countProblem);
  metrics.observe(app);
  limitBodyTime(app, metrics.countProblem);
  logRequests(app);
  refuseOtherMethods(app);
  await guard(app, {
    access: (token) => verifyAccess(tokens, token),
    serviceAccounts: parts.serviceAccounts,
  });
  await describeRoutes(app);
  healthRoutes(app, tokens.store, () => stopping);
  await app.register(
    async (v1) => {
      openapiRoute(v1);
      await v1.register((manager, _options, done) => {
        recordCalls(manager, tokens.store, tokens.now);
        tokenRoutes(manager, tokens);
        registerTokenRoutes(manager, tokens, parts.platform);
        identityRoutes(manager, tokens);
        whoamiRoute(manager);
        auditRoutes(manager, tokens.store);
        done();
      });
      await parts.routes?.(v1);
    },
    { prefix: "/v1" },
  );
  await app.ready();
  // Once now, so that a schema that cannot be described stops the start.
  app.swagger();
  return app;
}

/** Fastify takes an empty list for all; hop 0 is whoever has opened the connection. */
function trusted(
  proxies: AppParts["trustedProxies"],
): string[] | false | ((address: string, hop: number) => boolean) {
  if (typeof proxies === "number") return (_address, hop) => hop < proxies;
  return proxies.length === 0 ? false : [...proxies];
}

/** One line a request, with the route's pattern: a path or a query can hold anything. */
function logRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    // Answers hold tokens, and what belongs to the caller.
    reply.headers({ "x-request-id": request.id, "cache-control": "no-store" });
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { method, routeOptions, ip, subject } = request;
    const ms = Math.round(reply.elapsedTime);
    const fields = {
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      ms,
      address: ip,
      subject: subject?.name,
    };
    request.log.info(fields, "answered");
    done();
  });
}
