import type { FastifyInstance } from "fastify";

import { Problem } from "./problem.ts";

/**
 * Refuses the other methods of a path that is there, with those that it has in `Allow`
 * (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6); Fastify would say that there is no such path. A path that is
 * written out goes before one with parameters, as OpenAPI has it, whatever the method. Goes for every route that is added
 * to `app` afterwards, and comes before a token or a body is looked at.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const routes = new Map<string, Route>();
  app.addHook("onRoute", ({ url, method }) => {
    const route = routes.get(url) ?? newRoute(url);
    routes.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const [path = ""] = request.url.split("?");
    const writtenOut = routes.get(path);
    const fitting = (): Route[] => [...routes.values()].filter(({ pattern }) => pattern.test(path));
    // What is after a colon is written out as well: another method must not take `ID:cancel` for an id.
    const verb = path.includes(":") ? fitting().filter(({ hasVerb }) => hasVerb) : [];
    const found =
      writtenOut !== undefined ? [writtenOut] : verb.length > 0 ? verb : request.is404 ? fitting() : [];
    const methods = [...new Set(found.flatMap((route) => [...route.methods]))].sort();
    if (methods.length === 0 || methods.includes(request.method)) {
      done();
      return;
    }
    reply.header("allow", methods.join(", "));
    done(new Problem("method-not-allowed", `this path has ${methods.join(", ")}`));
  });
}

interface Route {
  readonly pattern: RegExp;
  /** Whether a part of the path is written out after a colon, `:id::cancel`. */
  readonly hasVerb: boolean;
  readonly methods: Set<string>;
}

function newRoute(url: string): Route {
  return { pattern: patternOf(url), hasVerb: url.includes("::"), methods: new Set() };
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
