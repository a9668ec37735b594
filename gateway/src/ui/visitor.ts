import type { IncomingHttpHeaders } from "node:http";

import type { Subject } from "../auth/subject.ts";
import { isSignedBy } from "./jws.ts";

/** Whether a request came through the front door, which alone has the key. */
export function isFromFrontDoor({ authorization }: IncomingHttpHeaders, key: string): boolean {
  const token = /^Bearer ([\w.-]+)$/.exec(authorization ?? "")?.[1];
  return token !== undefined && isSignedBy(key, token);
}

/**
 * Who looks, as the front door says: it puts its own word into these headers and drops the client's
 * (components/ingress/proxy-config.ts). A person is the client of the API that is named like their e-mail address, in
 * lower case. Undefined: the session has no address.
 */
export function visitorOf(headers: IncomingHttpHeaders, adminGroup: string | undefined): Subject | undefined {
  const email = headers["x-forwarded-email"];
  if (typeof email !== "string" || email === "") return undefined;
  const isAdmin = adminGroup !== undefined && groupsOf(headers["x-forwarded-groups"]).includes(adminGroup);
  return { name: email.toLowerCase(), role: isAdmin ? "admin" : "user", family: undefined };
}

/** oauth2-proxy joins them with commas (pkg/middleware/headers.go: flattenHeaders). */
function groupsOf(header: string | string[] | undefined): readonly string[] {
  return [header ?? []].flat().flatMap((line) => line.split(",").map((group) => group.trim()));
}
