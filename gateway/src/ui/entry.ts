import type { FastifyInstance, FastifyRequest } from "fastify";

import { authorize } from "../auth/authorize.ts";
import { Problem } from "../errors/problem.ts";
import { rowOf } from "../jobs/applications-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { answer, pagesApp, type PagesAppParts } from "./app.ts";
import { driverFinder } from "./driver.ts";
import { isNavigation } from "./fetch-metadata.ts";
import { atOrigin, entryOf, isPlain, originOf, pagesAtEntry, type Pages } from "./origins.ts";
import { page, pageHeaders } from "./pages.ts";
import type { PageVisitor, Sessions } from "./sessions.ts";
import { isFromFrontDoor, type VisitorOf } from "./visitor.ts";

export interface EntryParts extends PagesAppParts {
  readonly jobs: Pick<Jobs, "store" | "cluster" | "platform" | "now">;
  /** The front door's key: only what it signs is answered. 32 bytes, base64url. */
  readonly key: string;
  readonly visitorOf: VisitorOf;
  readonly sessions: Sessions;
  /** `https://HOST[:PORT]`, below whose host each origin of pages is. */
  readonly origins: string;
}

/**
 * The way from the front door, which says who a visitor is, to the origin of the pages that they ask for: it checks that
 * they may see them and hands them a ticket for that origin alone. `/ui/NAMESPACE/APPLICATION/…` leads to an
 * application's pages, for its owner and admins; `/history/…` to the History Server's, for admins.
 */
export async function buildEntry(parts: EntryParts): Promise<FastifyInstance> {
  const { key, metrics, origins, sessions } = parts;
  const app = pagesApp(parts);
  const demand = demander(parts);
  app.addHook("onRequest", async ({ headers }, reply) => {
    if (isFromFrontDoor(headers, key)) return;
    metrics.countProblem(new Problem("forbidden", "without the front door's signature"));
    await answer(reply, 403, "Forbidden", "Come through the platform's front door.");
  });
  app.get("/", (_request, reply) => reply.headers(pageHeaders).send(page("Spark", welcome)));
  app.get("/*", async (request, reply) => {
    const to = request.raw.url ?? "";
    const [path = ""] = to.split("?", 1);
    const pages = isPlain(path) ? pagesAtEntry(path) : undefined;
    if (pages === undefined) throw new Problem("not-found", "There are no pages at this address.");
    const visitor = await demand(request, pages);
    if (path === entryOf(pages)) return reply.redirect(`${path}/`);
    // A script could not read the answer, and has no business with it.
    if (!isNavigation(request.headers)) throw new Problem("forbidden", "Open it as a page.");
    const ticket = await sessions.issueTicket({ pages, visitor, to: atOrigin(pages, to) });
    const at = `${originOf(origins, pages)}${sessionPath}?ticket=${ticket}`;
    return reply.headers(redirectHeaders).redirect(at);
  });
  await app.ready();
  return app;
}

/** Path at each origin that takes a ticket. */
export const sessionPath = "/.session";

/** A ticket is in nobody's cache, and no page hears of it. */
export const redirectHeaders = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

const welcome = `An application's pages are at <code>/ui/NAMESPACE/APPLICATION/</code>: the API and
<code>sparkplatform</code> show the address as <code>uiUrl</code>. Admins see all of them at the
<a href="/history/">History Server</a>.`;

type Demand = (request: FastifyRequest, pages: Pages) => Promise<PageVisitor>;

/**
 * Says who the visitor is, if they may see the pages. Whoever else asks learns nothing of what there is.
 * @throws Problem `forbidden` or, to admins, `not-found`.
 */
function demander({ jobs, visitorOf }: EntryParts): Demand {
  const find = driverFinder(jobs);
  return async (request, pages) => {
    const visitor = await visitorOf(request);
    const row = pages.kind === "application" ? await rowOf(jobs.store.db, pages) : undefined;
    const may =
      pages.kind === "application"
        ? authorize(visitor, "ui:read", { owner: row?.owner, namespace: pages.namespace })
        : authorize(visitor, "history:read");
    const who = { visitor: visitor?.name, email: visitor?.email, pages };
    if (visitor === undefined || !may) {
      request.log.warn(who, "a visitor was refused");
      throw new Problem("forbidden", "It belongs to somebody else, or there is none of that name.");
    }
    request.log.debug(who, "a visitor looks");
    if (pages.kind === "application" && row === undefined) {
      const { namespace, application } = pages;
      if (!Object.hasOwn(jobs.platform.namespaces, namespace))
        throw new Problem("not-found", "The platform has no such namespace.");
      if ((await find(namespace, application)) === undefined)
        throw new Problem("not-found", "The cluster has none of that name.");
    }
    return { name: visitor.name, isAdmin: visitor.role === "admin" };
  };
}
