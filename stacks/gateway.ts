import type { Violation } from "../jobs/manifest/index.ts";
import { valueAt } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";

/** Whatever a server must have to itself, and who else has some. */
const places = {
  // A browser sends a host's cookies to each of its ports.
  host: ["ui.host", "ui.identity.host"],
  nodePort: ["ui.nodePort", "ui.identity.nodePort", "registry.nodePort"],
};

/** What the API would share with other servers of a cluster that exists. */
export function sharedWithGateway(given: Readonly<Record<string, unknown>>): readonly Violation[] {
  return Object.entries(places).flatMap(([key, others]) => {
    const own = valueAt(given, `gateway.${key}`);
    const other = own === undefined ? undefined : others.find((path) => valueAt(given, path) === own);
    if (other === undefined) return [];
    const problem = `${describeValue(own)} is ${other} too`;
    return [{ path: `gateway.${key}`, problem, expected: "another one, since another server answers there" }];
  });
}

/** An API in AWS without the load balancer that it is reached at. */
export function withoutLoadBalancer(given: Readonly<Record<string, unknown>>): readonly Violation[] {
  if (valueAt(given, "gateway.kind") !== "alb" || valueAt(given, "ui.kind") === "alb") return [];
  return [
    {
      path: "gateway.kind",
      problem: '"alb" is the load balancer of the pages, and there are none',
      expected: "pages of kind alb (ui), or no API",
    },
  ];
}
