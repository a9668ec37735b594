import type { Violation } from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";
import { describeValue } from "../jobs/manifest/text.ts";

/** Keys that name a host, and of which kind they must be for the stack to make its DNS record. */
const hostKeys = [
  { part: "registry", key: "host", kind: "vm" },
  { part: "ui", key: "host", kind: "alb" },
  { part: "ui", key: "pagesHost", kind: "alb" },
  { part: "gateway", key: "host", kind: "alb" },
];

/** Hosts that are not below the stack's domain, or that two servers would share. */
export function hostViolations(given: Readonly<Record<string, unknown>>): readonly Violation[] {
  const domain = given["domain"];
  const hosts = hostKeys.flatMap(({ part, key, kind }) => {
    const server = given[part];
    if (!isRecord(server) || server["kind"] !== kind) return [];
    const host = server[key];
    return typeof host === "string" ? [{ path: `${part}.${key}`, host }] : [];
  });
  const shared = hosts.flatMap(({ path, host }, index) => {
    const earlier = hosts.slice(0, index).find((other) => other.host === host);
    return earlier === undefined ? [] : [{ path, host, earlier }];
  });
  const name = isRecord(domain) ? domain["name"] : undefined;
  const outside =
    typeof name === "string" ? hosts.filter(({ host }) => host !== name && !host.endsWith(`.${name}`)) : [];
  return [
    ...outside.map(({ path, host }) => ({
      path,
      problem: `${describeValue(host)} is not below the stack's domain ${describeValue(name)}`,
      expected: `${describeValue(name)} itself or a name below it, for example "${path.split(".")[0] ?? ""}.${String(name)}"`,
    })),
    ...shared.map(({ path, host, earlier }) => ({
      path,
      problem: `${describeValue(host)} is ${earlier.path} too`,
      expected: "another name, since another server answers there",
    })),
  ];
}
