import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** Where a driver's pages are, for browsers and for the gateway. */
export interface Place {
  /** `/ui/NAMESPACE/APPLICATION`. */
  readonly prefix: string;
  /** `https://HOST[:PORT]` of the front door. */
  readonly origin: string;
  /** What the gateway asked the driver for. */
  readonly asked: URL;
}

const passedOn = ["accept", "accept-encoding", "accept-language", "if-modified-since", "if-none-match"];
const passedBack = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "last-modified",
  "vary",
];

/**
 * What a driver is told. Neither the front door's signature nor who the visitor is: it runs somebody's code. Spark puts
 * X-Forwarded-Context before all of its links (apache/spark, UIUtils.uiRoot).
 */
export function toDriver(
  headers: IncomingHttpHeaders,
  prefix: string,
  token: string,
): Record<string, string | string[]> {
  return {
    ...picked(headers, passedOn),
    authorization: `Bearer ${token}`,
    "x-forwarded-context": prefix,
  };
}

/** What a browser is told: of the driver's headers those that are named here, and what its pages may do. */
export function fromDriver(headers: OutgoingHttpHeaders, place: Place): Record<string, string | string[]> {
  const location = typeof headers.location === "string" ? moved(headers.location, place) : undefined;
  return {
    ...picked(headers, passedBack),
    ...(location !== undefined && { location }),
    "content-security-policy": [
      pagePolicy(place),
      ...[headers["content-security-policy"] ?? []].flat().map(String),
    ],
    "cross-origin-opener-policy": "noopener-allow-popups",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
}

/**
 * A job's code can answer at its driver's port with whatever script it likes, at the host where its reader, an admin
 * perhaps, may see others' applications too. So its pages reach their own application alone: by no request, frame,
 * window or worker do they get at another path. Paths do not count after a redirect (CSP 3, 6.7.2.9), so that none of
 * the driver's leads out of them either (`moved`). Spark's own pages have scripts within them.
 */
function pagePolicy({ origin, prefix }: Place): string {
  const own = `${origin}${prefix}/`;
  return [
    `default-src ${own} data: 'unsafe-inline' 'unsafe-eval'`,
    `form-action ${own}`,
    "frame-src 'none'",
    "worker-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads",
  ].join("; ");
}

/** Where a redirect of the driver's leads, below the prefix; undefined where that is not the driver. */
function moved(location: string, { asked, prefix }: Place): string | undefined {
  const to = URL.canParse(location, asked.href) ? new URL(location, asked) : undefined;
  if (to?.origin !== asked.origin) return undefined;
  // With a proxy's context known, Spark may have it in there already.
  const path = to.pathname.startsWith(`${prefix}/`) ? to.pathname : `${prefix}${to.pathname}`;
  return `${path}${to.search}${to.hash}`;
}

function picked(
  headers: IncomingHttpHeaders | OutgoingHttpHeaders,
  names: readonly string[],
): Record<string, string | string[]> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      if (value === undefined) return [];
      return [[name, Array.isArray(value) ? value : String(value)]];
    }),
  );
}
