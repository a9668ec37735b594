import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** The address of a server's pages, for browsers and for the gateway. */
export interface Place {
  /** The beginning of their paths at their origin, such as `/ui/NAMESPACE/APPLICATION`. */
  readonly prefix: string;
  /** The URL that the gateway asked the server for. */
  readonly asked: URL;
}

const passedOn = ["accept", "accept-encoding", "accept-language", "if-modified-since", "if-none-match"];
const passedBack = [
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
 * Headers for a driver or the History Server. Neither the front door's signature nor who the visitor is: a driver runs
 * somebody's code. Spark puts X-Forwarded-Context before all of its links (apache/spark, UIUtils.uiRoot).
 */
export function toUpstream(
  headers: IncomingHttpHeaders,
  prefix: string,
  token: string,
): Record<string, string | string[]> {
  return {
    ...picked(headers, passedOn),
    authorization: `Bearer ${token}`,
    ...(prefix !== "" && { "x-forwarded-context": prefix }),
  };
}

/** Headers for a browser: of the server's those that are named here, and what its pages may do. */
export function fromUpstream(headers: OutgoingHttpHeaders, place: Place): Record<string, string | string[]> {
  const location = typeof headers.location === "string" ? moved(headers.location, place) : undefined;
  return {
    ...picked(headers, passedBack),
    // Drivers and the History Server may be of different Spark lines: a script of one is asked for again at the other.
    "cache-control": headers["cache-control"]?.includes("no-store") ? "no-store" : "private, no-cache",
    ...(location !== undefined && { location }),
    "content-security-policy": pagePolicy,
    "cross-origin-opener-policy": "same-origin",
    // Browsers part processes by site where they are not asked to do so by origin.
    "origin-agent-cluster": "?1",
    "permissions-policy":
      "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), clipboard-read=()",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
}

/**
 * A job's code can answer at its driver's port, and write into its event log, whatever script it likes. Its origin is
 * what keeps it apart from all else: this policy keeps it from asking other hosts, too, where the visitor is logged in.
 * Spark's own pages have scripts within them.
 */
const pagePolicy = [
  "default-src 'self' data: 'unsafe-inline' 'unsafe-eval'",
  "form-action 'self'",
  "frame-src 'none'",
  "worker-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads",
].join("; ");

/** The target of a server's redirect, below the prefix; undefined where that is another server. */
function moved(location: string, { asked, prefix }: Place): string | undefined {
  const to = URL.canParse(location, asked.href) ? new URL(location, asked) : undefined;
  if (to?.origin !== asked.origin) return undefined;
  // Two slashes at the beginning would be another host.
  const path = to.pathname.replace(/^\/+/, "/");
  // With a proxy's context known, Spark may have it in there already.
  const below = path.startsWith(`${prefix}/`) ? path : `${prefix}${path}`;
  return `${below}${to.search}${to.hash}`;
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
