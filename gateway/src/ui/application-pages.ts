import { isIPv6 } from "node:net";

import type { FastifyReply } from "fastify";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import { rowOf } from "../jobs/applications-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isSparkIdOf } from "../jobs/spark-runs.ts";
import { answer } from "./app.ts";
import { driverFinder, type FindDriver } from "./driver.ts";
import { fromHistoryServer, isStatic, sparkIdIn, type HistoryPagesParts } from "./history-pages.ts";
import { driverKey, signJws } from "./jws.ts";
import { prefixOf } from "./origins.ts";
import { proxied, type Show } from "./upstream.ts";

export interface ApplicationPagesParts extends HistoryPagesParts {
  readonly jobs: Pick<Jobs, "store" | "cluster" | "platform" | "now">;
  /** URL of the pages of the driver at this address, without a path. Default: port 4040, Spark's own. */
  readonly driverUrl?: (address: string) => string;
}

const driverTimeout = 60 * secondMs;

/** The pages of one application: the driver's own while it runs, then the History Server's of its last run. */
export function applicationPages(parts: ApplicationPagesParts): Show<"application"> {
  const { jobs, key, driverUrl = atSparksPort } = parts;
  const find: FindDriver = driverFinder(jobs);
  return async (pages, look, reply) => {
    const prefix = prefixOf(pages);
    if (look.path !== prefix && !look.path.startsWith(`${prefix}/`))
      throw new Problem("not-found", "The pages of this origin are another application's.");
    const path = look.path.slice(prefix.length) || "/";
    const row = await rowOf(jobs.store.db, pages);
    // Also where the application changed hands, or was deleted, since the session began.
    if (!look.visitor.isAdmin && row?.owner !== look.visitor.name)
      throw new Problem("not-found", "There is no application of yours of that name any more.");
    const sight = await find(pages.namespace, pages.application);
    // Only admins see what the API does not know: there, the operator's word will do.
    const sparkId = row === undefined ? sight?.sparkId : (row.spark_id ?? undefined);
    const isOwn = async (id: string): Promise<boolean> =>
      row === undefined ? id === sparkId : isSparkIdOf(jobs.store.db, id, row.id);
    const id = sparkIdIn(path);
    if (path.startsWith("/history/")) {
      if (id === undefined || !(await isOwn(id)))
        throw new Problem("not-found", "It is not a run of this application.");
      return fromHistoryServer(parts, { path, prefix, visitor: look.visitor }, reply);
    }
    if (sight?.address !== undefined) {
      const token = signJws(driverKey(key, pages.namespace), { sub: "gateway" });
      return fromDriver(driverUrl(sight.address), { path, prefix, token }, reply);
    }
    if (sight?.isAlive === true || row?.ended_at === null)
      return answer(reply, 404, "Not started yet", "Its driver does not run yet. Come back in a moment.");
    if (sparkId === undefined)
      return answer(reply, 404, "Never ran", "It ended without a driver: there is nothing to show.");
    if (isStatic(path) || (id !== undefined && (await isOwn(id))))
      return fromHistoryServer(parts, { path, prefix, visitor: look.visitor }, reply);
    return reply.redirect(`${prefix}/history/${sparkId}${path}${look.query}`);
  };
}

/** Where Spark kills jobs and stages, on GET too (apache/spark, SparkUI.initialize). */
const killing = /^\/(?:jobs\/job|stages\/stage)\/kill(?:\/|$)/;

function fromDriver(
  driver: string,
  { path, prefix, token }: { readonly path: string; readonly prefix: string; readonly token: string },
  reply: FastifyReply,
): FastifyReply {
  if (killing.test(path))
    throw new Problem("forbidden", "Pages are read-only. Cancel the application through the API.");
  return proxied(reply, {
    source: new URL(`${driver}${path}`),
    token,
    prefix,
    timeout: driverTimeout,
    silent: {
      title: "The driver does not answer",
      text: "It may be about to end, or too busy. Load the page again in a moment.",
    },
  });
}

function atSparksPort(address: string): string {
  return `http://${isIPv6(address) ? `[${address}]` : address}:4040`;
}
