import type { FastifyInstance } from "fastify";

import { Problem } from "./problem.ts";

/**
 * Refuses the other methods of a path that is there, with those that it has in `Allow`
 * (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6); Fastify would say that there is no such path. A path that is
 * written out goes before one with parameters, as OpenAPI has it, whatever the method. Goes for every route that is added
 * to `app` afterwards, and comes before a token or a body is looked at.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    routes.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const [path = ""] = request.url.split("?");
    const writtenOut = routes.get(path);
    const found =
      writtenOut !== undefined
        ? [writtenOut]
        : request.is404
          ? [...routes.values()].filter(({ pattern }) => pattern.test(path))
          : [];
    const methods = [...new Set(found.flatMap((route) => [...route.methods]))].sort();
    if (methods.length === 0 || methods.includes(request.method)) {
      done();
      return;
    }
    reply.header("allow", methods.join(", "));
    done(new Problem("method-not-allowed", `this path has ${methods.join(", ")}`));
  });
}

/** Of a route's path: `:name` stands for one segment, or what is left of it, `::` for a colon, `*` for the rest. */
function patternOf(url: string): RegExp {
  const source = url.replace(/::|:\w+(?:\([^)]*\))?|\*|[$()+.?[\\\]^{|}]/g, (piece) => {
    if (piece === "::") return ":";
    if (piece === "*") return ".*";
    return piece.startsWith(":") ? "[^/]+" : `\\${piece}`;
  });
  return new RegExp(`^${source}$`);
}
