import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import { authenticate, type Authenticators } from "./authenticate.ts";
import { authorize, scopeOf, whoMay, type Action, type Resource } from "./authorize.ts";
import type { Subject } from "./subject.ts";

/** What a route declares about who may call it. */
export interface Access {
  readonly action: Action;
  /** Finds what the call is about, once its parameters are checked; needed where the action is its owner's. */
  readonly resource?: (request: FastifyRequest) => Promise<Resource | undefined>;
  /**
   * Finds the namespace that the call is going to act in, as the call names it; needed where the action happens in a
   * namespace and is about nothing that is there. Undefined: the call names none.
   */
  readonly namespace?: (request: FastifyRequest) => string | undefined;
}

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who calls; undefined where nobody needs to say. */
    subject: Subject | undefined;
    /** Counts an unknown token against the caller's address. @throws Problem where there were too many of late. */
    countUnknownToken: () => Promise<void>;
  }
}

/** Unknown tokens that an address may send in a minute. */
const unknownPerMinute = 30;

/**
 * Guards every route that is added to `app` afterwards: one that does not declare its access stops the start. Tokens
 * are checked before a body is read; what belongs to somebody, after the parameters are checked.
 * Only unknown tokens are limited, by address: a good one works from an address that others misuse, and one that has
 * expired is told so. Tokens have 256 random bits, so that this guards the log and the audit from floods, not the tokens
 * from guesses. Each gateway counts alone.
 */
export async function guard(app: FastifyInstance, authenticators: Authenticators): Promise<void> {
  await app.register(rateLimit, { global: false });
  const limit = app.createRateLimit({ max: unknownPerMinute, timeWindow: 60 * secondMs });
  app.decorateRequest("subject", undefined);
  app.decorateRequest("countUnknownToken", async function (this: FastifyRequest) {
    const counted = await limit(this);
    if (!counted.isAllowed && counted.isExceeded) {
      throw new Problem("too-many-failures", "wait a minute, and send a token that is good");
    }
  });
  app.addHook("onRoute", (route) => {
    checkDeclaration(route);
  });
  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || whoMay(access.action) === "anyone") return;
    request.subject = await identify(request, authenticators);
    if (scopeOf(access.action) !== "namespace" && whoMay(access.action) !== "owner")
      demand(request.subject, access.action);
  });
  app.addHook("preHandler", async (request) => {
    const { access } = request.routeOptions.config;
    if (access?.namespace !== undefined) demandNamespace(request, access.action, access.namespace(request));
    if (access?.resource === undefined) return;
    // What is not there and what one may not touch look alike, so that nobody learns what others have.
    const resource = await access.resource(request);
    if (resource === undefined || !authorize(request.subject, access.action, resource)) {
      throw new Problem("not-found", "there is nothing of yours with this id");
    }
  });
}

/** @throws Error, which stops the start, where a route leaves open who may call it. */
function checkDeclaration({ method, url, config }: RouteOptions): void {
  const route = `${String(method)} ${url}`;
  if (config?.access === undefined) throw new Error(`the route ${route} does not declare its access`);
  const { action, resource, namespace } = config.access;
  if (whoMay(action) === "owner" && resource === undefined) {
    throw new Error(`the route ${route} is its owner's, and does not say how to find what is owned`);
  }
  if (scopeOf(action) === "namespace" && resource === undefined && namespace === undefined) {
    throw new Error(`the route ${route} acts in a namespace, and does not say how to find it`);
  }
}

async function identify(request: FastifyRequest, authenticators: Authenticators): Promise<Subject> {
  const { authorization } = request.headers;
  const subject = await countingUnknown(request, () => authenticate(authorization, authenticators));
  if (subject !== undefined) return subject;
  throw new Problem("not-authenticated", "send the header Authorization: Bearer ACCESS-TOKEN");
}

/** Does `work`, which looks at a token of the caller's. @throws what it throws, or `too-many-failures` in its place. */
export async function countingUnknown<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.code === "token-invalid") await request.countUnknownToken();
    throw error;
  }
}

function demand(subject: Subject, action: Action): void {
  if (authorize(subject, action)) return;
  throw new Problem("forbidden", `${action} needs the role admin in all namespaces`);
}

/** The answer is the same whether or not there is such a namespace. */
function demandNamespace({ subject }: FastifyRequest, action: Action, namespace: string | undefined): void {
  if (authorize(subject, action, { owner: undefined, namespace })) return;
  const own = subject === undefined || subject.namespaces === "all" ? [] : subject.namespaces;
  throw new Problem("forbidden", `${action} is limited to the namespaces ${own.join(", ")} for this token`);
}
