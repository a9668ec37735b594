import type { FastifyInstance } from "fastify";

import { Problem } from "./problem.ts";

/**
 * Refuses the other methods of a path that is there, with those that it has in `Allow`
 * (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6); Fastify would say that there is no such path, or take the path
 * for another one's parameter: of those that fit, the path counts that has the most written out, whatever the method, as
 * OpenAPI has it. Goes for every route that is added to `app` afterwards, and comes before a token or a body is looked at.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const routes = new Map<string, Path & { readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const route = routes.get(url) ?? { ...readPath(url), methods: new Set() };
    routes.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const [path = ""] = request.url.split("?");
    const [route] = [...routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .sort((one, other) => other.writtenOut - one.writtenOut);
    if (route === undefined || route.methods.has(request.method)) {
      done();
      return;
    }
    const methods = [...route.methods].sort().join(", ");
    reply.header("allow", methods);
    done(new Problem("method-not-allowed", `this path has ${methods}`));
  });
}

interface Path {
  readonly pattern: RegExp;
  /** Characters that are no parameter's. */
  readonly writtenOut: number;
}

/** As Fastify writes it: `:name` is a segment, `:name(PATTERN)` what fits, `*` all the rest, and `::` a colon. */
function readPath(url: string): Path {
  let source = "";
  let writtenOut = 0;
  for (const [piece, pattern] of url.matchAll(/::|:\w+(?:\(([^()]+)\))?|\*|[^:*]+/g)) {
    if (piece === "*") source += ".*";
    else if (piece.startsWith(":") && piece !== "::") source += pattern ?? "[^/]+";
    else {
      const text = piece === "::" ? ":" : piece;
      source += text.replace(/[$()+.?[\\\]^{|}]/g, "\\$&");
      writtenOut += text.length;
    }
  }
  return { pattern: new RegExp(`^${source}$`), writtenOut };
}
