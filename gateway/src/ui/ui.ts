import cookies from "@fastify/cookie";
import replyFrom from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import { pagesApp, type PagesAppParts } from "./app.ts";
import { applicationPages, type ApplicationPagesParts } from "./application-pages.ts";
import { redirectHeaders, sessionPath } from "./entry.ts";
import { isNavigation, isSameOrigin } from "./fetch-metadata.ts";
import { eventLogPages, historyPages, HistoryShares } from "./history-pages.ts";
import { atEntry, isPlain, labelIn, labelOf, pagesAtOrigin, type Pages } from "./origins.ts";
import { sessionSeconds, type Sessions } from "./sessions.ts";
import type { Look } from "./upstream.ts";

export interface UiParts extends PagesAppParts, Omit<ApplicationPagesParts, "shares"> {
  readonly sessions: Sessions;
}

/** Bound to its origin: no other host of the domain can set it. */
export const cookieName = "__Host-pages";

/**
 * Applications' pages, each at an origin of its own: the driver's while it runs, then the History Server's. Who comes
 * without a session is sent to the front door, which says who they are, and comes back with a ticket.
 */
export async function buildUi(parts: UiParts): Promise<FastifyInstance> {
  const { sessions, places } = parts;
  const app = pagesApp(parts);
  await app.register(cookies);
  await app.register(replyFrom, {
    undici: { connections: 64, connect: { timeout: 5 * secondMs } },
    destroyAgent: true,
    disableCache: true,
    disableRequestLogging: true,
  });
  const show = shower(parts);
  // A ticket is good once: a look at the headers must not take it.
  app.get(sessionPath, { exposeHeadRoute: false }, async (request, reply) => {
    const { data } = z.object({ ticket: z.string() }).safeParse(request.query);
    const label = requestedLabel(request, places.origins);
    const ticket = data && isNavigation(request.headers) && (await sessions.useTicket(label, data.ticket));
    if (!ticket) throw new Problem("token-invalid", "The link has expired. Open the page again.");
    const session = await sessions.issueSession(ticket);
    return reply
      .headers(redirectHeaders)
      .setCookie(cookieName, session, {
        path: "/",
        secure: true,
        httpOnly: true,
        sameSite: "lax",
        maxAge: sessionSeconds,
      })
      .redirect(ticket.to);
  });
  app.get("/*", async (request, reply) => {
    const { headers } = request;
    const label = requestedLabel(request, places.origins);
    const look = lookOf(request);
    const session = await sessions.checkSession(label, request.cookies[cookieName] ?? "");
    if (isNavigation(headers) && (session === undefined || session.isOld)) {
      const at = frontDoorPath(label, look);
      if (at !== undefined) return reply.redirect(`${places.url}${at}`);
    }
    if (session === undefined)
      throw new Problem("not-authenticated", "Open it from the platform's front door.");
    // Another origin's script gets nothing in the visitor's name.
    if (!isSameOrigin(headers) && !isNavigation(headers))
      throw new Problem("forbidden", "A page of another origin asks for it.");
    if (!isPlain(look.path)) throw new Problem("not-found", "Spark has no page at this path.");
    return show(session.pages, { ...look, visitor: session.visitor }, reply);
  });
  await app.ready();
  return app;
}

function shower(uiParts: UiParts) {
  const parts = { ...uiParts, shares: new HistoryShares() };
  const application = applicationPages(parts);
  const eventLog = eventLogPages(parts);
  const history = historyPages(parts);
  return (pages: Pages, look: Look, reply: FastifyReply) => {
    switch (pages.kind) {
      case "application":
        return application(pages, look, reply);
      case "event-log":
        return eventLog(pages, look, reply);
      case "history":
        return history(pages, look, reply);
    }
  };
}

function requestedLabel({ host }: FastifyRequest, origins: string): string {
  const label = labelIn(origins, host);
  if (label === undefined) throw new Problem("not-found", "No pages are at this host.");
  return label;
}

function lookOf({ raw: { url = "" } }: FastifyRequest): Omit<Look, "visitor"> {
  const [path = ""] = url.split("?", 1);
  return { path, query: url.slice(path.length) };
}

/** Where at the front door the page is, if it is one that this origin shows. */
function frontDoorPath(label: string, { path, query }: Omit<Look, "visitor">): string | undefined {
  const pages: Pages | undefined = path === "/" ? { kind: "history" } : pagesAtOrigin(path);
  if (pages === undefined) return undefined;
  // The History Server's list has links to what is at origins of its own.
  const isListed = pages.kind === "event-log" && label === labelOf({ kind: "history" });
  if (labelOf(pages) !== label && !isListed) return undefined;
  return atEntry(pages, path) + query;
}
