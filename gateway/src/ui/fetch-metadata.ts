import type { IncomingHttpHeaders } from "node:http";

/**
 * Tells if somebody opens a page with it, in a tab of its own: no script, image or frame asks. Every current browser
 * says so, and no script can say otherwise (https://www.w3.org/TR/fetch-metadata/). What sends none of these headers is
 * no browser, and holds no visitor's cookie.
 */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  const mode = headers["sec-fetch-mode"];
  return mode === undefined || (mode === "navigate" && headers["sec-fetch-dest"] === "document");
}

/** Tells if a page of the same origin asks, or the visitor's own hand. */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}
