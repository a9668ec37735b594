import { randomUUID } from "node:crypto";
import { isIPv6 } from "node:net";

import replyFrom from "@fastify/reply-from";
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";

import { authorize } from "../auth/authorize.ts";
import { secondMs } from "../clock.ts";
import { Problem, toProblem } from "../errors/problem.ts";
import { findApplication } from "../jobs/applications-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { driverFinder, type FindDriver } from "./driver.ts";
import { fromDriver, toDriver, type Place } from "./headers.ts";
import { driverKey, signJws } from "./jws.ts";
import { page, pageHeaders } from "./pages.ts";
import { isFromFrontDoor, type VisitorOf } from "./visitor.ts";

export interface UiParts {
  /** The platform must have a `historyUrl`: these pages are at its host. */
  readonly jobs: Pick<Jobs, "store" | "cluster" | "platform" | "now">;
  /** The front door's key: only what it signs is answered. 32 bytes, base64url. */
  readonly key: string;
  readonly visitorOf: VisitorOf;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Pick<Metrics, "countProblem" | "observe">;
  /** URL of the pages of the driver at this address, without a path. Default: port 4040, Spark's own. */
  readonly driverUrl?: (address: string) => string;
}

interface Path {
  readonly namespace: string;
  readonly application: string;
}

const driverPatience = {
  connect: { timeout: 5 * secondMs },
  headersTimeout: 60 * secondMs,
  bodyTimeout: 60 * secondMs,
};

/**
 * The pages of running applications, at `/ui/NAMESPACE/APPLICATION/`, for the front door alone: to their owner and to
 * admins it shows what the driver shows, and once that has ended, the way to the History Server. It reads only: Spark
 * stops jobs on GET too, so that those paths are closed.
 * @throws Error where the platform has no History Server, whose host these pages are at.
 */
export async function buildUi(parts: UiParts): Promise<FastifyInstance> {
  const { key, metrics, jobs } = parts;
  const { historyUrl } = jobs.platform;
  if (historyUrl === undefined) throw new Error("the pages of applications need the platform's historyUrl");
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ requestIdLogLabel: "requestId", disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: 30 * secondMs,
    forceCloseConnections: "idle",
  });
  await app.register(replyFrom, {
    undici: { connections: 32, ...driverPatience },
    destroyAgent: true,
    disableCache: true,
    disableRequestLogging: true,
  });
  metrics.observe(app);
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    metrics.countProblem(problem);
    if (problem.status >= 500) request.log.error({ err: error }, "a page could not be shown");
    void answer(reply, problem.status, titles[problem.status] ?? "The gateway has a fault", problem.message);
  });
  app.setNotFoundHandler(({ method }, reply) =>
    method === "GET" || method === "HEAD"
      ? answer(
          reply,
          404,
          "There is no such page",
          "An application's pages are at /ui/NAMESPACE/APPLICATION/.",
        )
      : answer(
          reply.header("allow", "GET, HEAD"),
          405,
          "This is for reading alone",
          "Pages are got, and nothing is sent.",
        ),
  );
  app.addHook("onRequest", async ({ headers }, reply) => {
    if (isFromFrontDoor(headers, key)) return;
    metrics.countProblem(new Problem("forbidden", "without the front door's signature"));
    await answer(reply, 403, "This way is closed", "Come through the platform's front door.");
  });
  const show = showApplication(parts, historyUrl, driverFinder(jobs));
  app.get<{ Params: Path }>("/ui/:namespace/:application", ({ params }, reply) =>
    reply.redirect(`${prefixOf(params)}/`),
  );
  app.get<{ Params: Path }>("/ui/:namespace/:application/*", show);
  await app.ready();
  return app;
}

const titles: Readonly<Record<number, string>> = {
  400: "The address is not right",
  403: "This is not yours to see",
  404: "There is no such application",
  503: "The cluster does not answer",
};

type Handler = (request: FastifyRequest<{ Params: Path }>, reply: FastifyReply) => Promise<FastifyReply>;

function showApplication(parts: UiParts, historyUrl: string, find: FindDriver): Handler {
  const { key, driverUrl = atSparksPort } = parts;
  return async (request, reply) => {
    const { namespace, application } = request.params;
    const row = await allowed(request, parts);
    const sight = await find(namespace, application);
    if (row === undefined && sight === undefined)
      throw new Problem("not-found", "The cluster has none of that name.");
    if (sight?.address !== undefined) {
      const path = pathBelow(request.raw.url ?? "");
      const source = new URL(`${driverUrl(sight.address)}${path}`);
      if (!sparksOwn.test(path) || source.pathname !== path)
        throw new Problem("not-found", "Spark has no page at this path.");
      if (killing.test(path)) {
        return answer(
          reply,
          403,
          "This is for reading alone",
          "Cancel the application by the API in its place.",
        );
      }
      const place = { prefix: prefixOf(request.params), origin: new URL(historyUrl).origin };
      const token = signJws(driverKey(key, namespace), { sub: "gateway" });
      return proxied(reply, { ...place, source }, token);
    }
    const sparkId = sight?.sparkId ?? row?.spark_id;
    if (sight?.isAlive !== true && sparkId != null) {
      return reply.redirect(`${historyUrl.replace(/\/$/, "")}/history/${encodeURIComponent(sparkId)}/`);
    }
    return sight?.isAlive === true || row?.ended_at === null
      ? answer(reply, 404, "It has not started", "Its driver does not run yet. Come back in a moment.")
      : answer(
          reply,
          404,
          "It never ran",
          "It has ended without a driver, so that there is nothing to show.",
        );
  };
}

/**
 * The row of the application that the path names, for its owner or an admin; for an admin also undefined, where a stack
 * made the application. Whoever else asks learns nothing of what there is.
 */
async function allowed(
  request: FastifyRequest<{ Params: Path }>,
  { jobs, visitorOf }: UiParts,
): Promise<ApplicationRow | undefined> {
  const { namespace, application } = request.params;
  const visitor = await visitorOf(request);
  const isKnown = Object.hasOwn(jobs.platform.namespaces, namespace) && resourceName.test(application);
  const found = isKnown ? await findApplication(jobs.store.db, application) : undefined;
  const row = found?.namespace === namespace ? found : undefined;
  if (!authorize(visitor, "ui:read", { owner: row?.owner, namespace })) {
    request.log.warn(
      { visitor: visitor?.name, email: visitor?.email, namespace, application },
      "a visitor was refused",
    );
    throw new Problem("forbidden", "It belongs to somebody else, or there is none of that name.");
  }
  request.log.debug(
    { visitor: visitor?.name, email: visitor?.email, namespace, application },
    "a visitor looks",
  );
  if (!isKnown) throw new Problem("not-found", "The platform has no such namespace, or no such name can be.");
  return row;
}

/** Paths as Spark has them. Whatever a server could read in another way is not passed on. */
const sparksOwn = /^(?:\/[\w.-]+)*\/?$/;
/** Where Spark kills jobs and stages, on GET too (apache/spark, SparkUI.initialize). */
const killing = /^\/(?:jobs\/job|stages\/stage)\/kill(?:\/|$)/;

/** A driver has it as a label, too. */
const resourceName = /^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$/;

function proxied(
  reply: FastifyReply,
  { source, ...place }: { readonly source: URL } & Omit<Place, "asked">,
  token: string,
): FastifyReply {
  return reply.from(source.origin + source.pathname, {
    // Whoever looks can load it again.
    retryDelay: () => null,
    rewriteRequestHeaders: (_request, headers) => toDriver(headers, place.prefix, token),
    rewriteHeaders: (headers) => fromDriver(headers, { ...place, asked: source }),
    onError: (_reply, { error }) => {
      reply.log.warn({ err: error }, "a driver did not answer");
      void answer(
        reply,
        502,
        "The driver does not answer",
        "It may be about to end, or too busy. Load the page again in a moment.",
      );
    },
  });
}

/** What comes after `/ui/NAMESPACE/APPLICATION` in a URL, without the query, as it was sent. */
function pathBelow(url: string): string {
  const [path = ""] = url.split("?", 1);
  return `/${path.split("/").slice(4).join("/")}`;
}

function prefixOf({ namespace, application }: Path): string {
  return `/ui/${encodeURIComponent(namespace)}/${encodeURIComponent(application)}`;
}

function atSparksPort(address: string): string {
  return `http://${isIPv6(address) ? `[${address}]` : address}:4040`;
}

function answer(reply: FastifyReply, status: number, title: string, text: string): FastifyReply {
  return reply.code(status).headers(pageHeaders).send(page(title, text));
}
