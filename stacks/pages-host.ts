import type { Violation } from "../jobs/manifest/index.ts";
import { valueAt } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";

/** DNS name below which each application's pages have a name of their own, where the stack names none. */
export function defaultPagesHost(host: string): string {
  return `pages.${host}`;
}

/** Servers whose hosts must not be taken for an application's. */
const otherHosts = ["ui.host", "ui.identity.host", "gateway.host", "registry.host"];

/** Pages without the gateway that shows them, and hosts that would be taken for an application's. */
export function pagesViolations(given: Readonly<Record<string, unknown>>): readonly Violation[] {
  const host = valueAt(given, "ui.host");
  // Of pages of no known kind, the schema tells.
  if (typeof host !== "string") return [];
  const gateway = valueAt(given, "gateway.kind");
  const missing =
    gateway === undefined || gateway === "none"
      ? [
          {
            path: "gateway.kind",
            problem: '"none", and there are pages (ui), which the gateway shows to whom they belong',
            expected: `a gateway, for example of kind ${describeValue(valueAt(given, "ui.kind"))}; or no pages`,
          },
        ]
      : [];
  const named = valueAt(given, "ui.pagesHost");
  const pagesHost = typeof named === "string" ? named : defaultPagesHost(host);
  const below = otherHosts.flatMap((path) => {
    const other = valueAt(given, path);
    return typeof other === "string" && other.endsWith(`.${pagesHost}`) ? [{ path, other }] : [];
  });
  return [
    ...missing,
    ...below.map(({ path, other }) => ({
      path,
      problem: `${describeValue(other)} is below ${describeValue(pagesHost)}, where applications' pages are`,
      expected: "a name that is not below ui.pagesHost",
    })),
  ];
}
