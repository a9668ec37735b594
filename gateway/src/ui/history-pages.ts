import type { FastifyReply } from "fastify";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { PagesPlaces } from "../platform.ts";
import { answer } from "./app.ts";
import { historyKey, signJws } from "./jws.ts";
import { pagesAtOrigin } from "./origins.ts";
import { proxied, type Look, type Show } from "./upstream.ts";

/**
 * A visitor's share of the requests that the History Server answers at the same time, files that all pages share aside:
 * the first page of a large log occupies a connection for minutes, and there are few.
 */
export class HistoryShares {
  readonly #most = 8;
  readonly #taken = new Map<string, number>();

  /** Returns what gives it back, once however often it is called; undefined where the visitor has all of theirs. */
  take(visitor: string): (() => void) | undefined {
    const taken = this.#taken.get(visitor) ?? 0;
    if (taken >= this.#most) return undefined;
    this.#taken.set(visitor, taken + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#taken.get(visitor) ?? 1) - 1;
      if (left === 0) this.#taken.delete(visitor);
      else this.#taken.set(visitor, left);
    };
  }
}

export interface HistoryPagesParts {
  readonly shares: HistoryShares;
  /** The front door's key, of which the History Server's is made. 32 bytes, base64url. */
  readonly key: string;
  readonly places: PagesPlaces;
}

/** The first page of a large application takes minutes: its log is read for it. */
export const historyTimeoutMs = 300 * secondMs;

/** The History Server's pages of one application, at the root of their origin. */
export function eventLogPages(parts: HistoryPagesParts): Show<"event-log"> {
  return ({ sparkId }, { path, visitor }, reply) => {
    if (!isStatic(path) && sparkIdIn(path) !== sparkId)
      throw new Problem("not-found", "The pages of this origin are another application's.");
    return fromHistoryServer(parts, { path, prefix: "", visitor }, reply);
  };
}

/**
 * The History Server's list of applications, and no page of any: each of those is at an origin of its own. Event logs
 * are downloads, which run nothing. The server's own log (`logPage`) is nobody's.
 */
export function historyPages(parts: HistoryPagesParts): Show<"history"> {
  return (_pages, { path, query, visitor }, reply) => {
    if (pagesAtOrigin(path)?.kind === "event-log")
      return reply.redirect(`${parts.places.url}${path}${query}`);
    if (!ofTheList.test(path)) throw new Problem("not-found", "The History Server's list has no such page.");
    return fromHistoryServer(parts, { path, prefix: "", visitor }, reply);
  };
}

const ofTheList =
  /^\/(?:static\/[\w./-]+\w|api\/v1\/(?:version|applications(?:\/[\w.-]+(?:\/\d+)?\/logs)?))?$/;

/** Spark's id of the application that a path of the History Server's is about; undefined where it is about none. */
export function sparkIdIn(path: string): string | undefined {
  return /^\/(?:history|api\/v1\/applications)\/([\w-]+)(?:\/|$)/.exec(path)?.[1];
}

/** Tells if a file of all pages alike is at the path: a folder would be listed. */
export function isStatic(path: string): boolean {
  return /^\/static\/.*\w$/.test(path);
}

export function fromHistoryServer(
  { key, places, shares }: HistoryPagesParts,
  { path, prefix, visitor }: Pick<Look, "path" | "visitor"> & { readonly prefix: string },
  reply: FastifyReply,
): FastifyReply {
  const done = isStatic(path) ? () => undefined : shares.take(visitor.name);
  if (done === undefined)
    return answer(reply, 503, "Too many pages at once", "Wait for those that you have opened to appear.");
  return proxied(reply, {
    done,
    source: new URL(`${places.historyServer}${path}`),
    token: signJws(historyKey(key), { sub: "gateway" }),
    prefix,
    timeout: historyTimeoutMs,
    silent: {
      title: "The History Server does not answer",
      text: "It may be starting. Load the page again in a moment.",
    },
  });
}
