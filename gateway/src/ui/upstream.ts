import { finished, Readable } from "node:stream";

import type { FastifyReply } from "fastify";
import { z } from "zod";

import { answer } from "./app.ts";
import { fromUpstream, toUpstream } from "./headers.ts";
import type { Pages } from "./origins.ts";
import type { PageVisitor } from "./sessions.ts";

/** Asks for a page. */
export interface Look {
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The query with its `?`; empty if there is none. */
  readonly query: string;
  readonly visitor: PageVisitor;
}

/** Answers with what the pages of this kind have at a path. */
export type Show<Kind extends Pages["kind"]> = (
  pages: Extract<Pages, { kind: Kind }>,
  look: Look,
  reply: FastifyReply,
) => FastifyReply | Promise<FastifyReply>;

export interface Upstream {
  /** URL of the page, without a query: the request's goes with it. */
  readonly source: URL;
  /** By which the server knows the gateway. */
  readonly token: string;
  /** The beginning of all paths of the pages: the server makes its links with it. */
  readonly prefix: string;
  /** The longest that it may take to answer, in milliseconds. */
  readonly timeout: number;
  /** Tells people that it does not answer. */
  readonly silent: { readonly title: string; readonly text: string };
  /** Called once the server has nothing more to do for it, also where the visitor has gone. */
  readonly done?: () => void;
}

/** Passes a server's page on. Whoever looks can load it again, so that it is asked once. */
export function proxied(reply: FastifyReply, upstream: Upstream): FastifyReply {
  const { source, token, prefix, timeout, silent, done } = upstream;
  return reply.from(source.origin + source.pathname, {
    timeout,
    retryDelay: () => null,
    rewriteRequestHeaders: (_request, headers) => toUpstream(headers, prefix, token),
    rewriteHeaders: (headers, request) => {
      // Of who has gone, nothing is heard afterwards.
      if (request?.raw.socket.destroyed === true) done?.();
      return fromUpstream(headers, { prefix, asked: source });
    },
    onResponse: (_request, _reply, answered) => {
      const { stream } = z.object({ stream: z.instanceof(Readable) }).parse(answered);
      finished(stream, () => done?.());
      reply.send(stream);
    },
    onError: (_reply, { error }) => {
      done?.();
      reply.log.warn({ err: error }, "a server of pages did not answer");
      void answer(reply, 502, silent.title, silent.text);
    },
  });
}
