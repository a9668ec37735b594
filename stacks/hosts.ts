import type { Violation } from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";

/** Keys that name a host, and of which kind they must be for the stack to make its DNS record. */
const hostKeys = { registry: "vm", ui: "alb" };

/** Hosts that are not below the stack's domain, or that two servers would share. */
export function hostViolations(given: Readonly<Record<string, unknown>>): readonly Violation[] {
  const domain = given["domain"];
  const hosts = Object.entries(hostKeys).flatMap(([key, kind]) => {
    const part = given[key];
    if (!isRecord(part) || part["kind"] !== kind) return [];
    const host = part["host"];
    return typeof host === "string" ? [{ path: `${key}.host`, host }] : [];
  });
  const [first, ...others] = hosts;
  if (first === undefined) return [];
  const shared = others.filter(({ host }) => host === first.host);
  const name = isRecord(domain) ? domain["name"] : undefined;
  const outside =
    typeof name === "string" ? hosts.filter(({ host }) => host !== name && !host.endsWith(`.${name}`)) : [];
  return [
    ...outside.map(({ path, host }) => ({
      path,
      problem: `${describeValue(host)} is not below the stack's domain ${describeValue(name)}`,
      expected: `${describeValue(name)} itself or a name below it, for example "${path.split(".")[0] ?? ""}.${String(name)}"`,
    })),
    ...shared.map(({ path, host }) => ({
      path,
      problem: `${describeValue(host)} is ${first.path} too`,
      expected: "another name, since another server answers there",
    })),
  ];
}
