import { createHash } from "node:crypto";

/**
 * The pages of one origin, which no other origin shows. What a driver serves, or an event log makes the History Server
 * serve, is the work of a job's code: a script in it runs with the rights of its origin, so that each application has
 * one to itself. A path would be no boundary.
 */
export type Pages =
  | { readonly kind: "application"; readonly namespace: string; readonly application: string }
  /** Pages of the History Server that are shown as such, to admins: an application's, known by Spark's id. */
  | { readonly kind: "event-log"; readonly sparkId: string }
  /** The History Server's list of applications. */
  | { readonly kind: "history" };

/**
 * The first label of the origin's host name: a readable part and a digest of what it shows, at most 57 characters.
 * Nobody finds another application that has the same one (80 bits).
 */
export function labelOf(pages: Pages): string {
  switch (pages.kind) {
    case "application": {
      const slug = pages.application.replace(/[^a-z0-9]+/g, "-").slice(0, 40);
      return `${slug.replace(/^-+|-+$/g, "") || "app"}-${digest(pages.kind, pages.namespace, pages.application)}`;
    }
    case "event-log":
      return `log-${digest(pages.kind, pages.sparkId)}`;
    case "history":
      return "history";
  }
}

/** `https://LABEL.HOST[:PORT]` of the pages; `base` is `https://HOST[:PORT]`. */
export function originOf(base: string, pages: Pages): string {
  const url = new URL(base);
  url.hostname = `${labelOf(pages)}.${url.hostname}`;
  return url.origin;
}

/** The label in a Host header, where the host is one label below that of `base`; else undefined. */
export function labelIn(base: string, host: string | undefined): string | undefined {
  const below = `.${new URL(base).hostname}`;
  const name = (host ?? "").replace(/:\d+$/, "").toLowerCase();
  const label = name.endsWith(below) ? name.slice(0, -below.length) : "";
  return /^[a-z0-9-]+$/.test(label) ? label : undefined;
}

/**
 * The beginning of all paths of the pages at their origin. Spark's scripts take a segment `history` or `proxy` of a path
 * for their own (core/src/main/resources/org/apache/spark/ui/static/executorspage.js): a name of two parts is neither.
 */
export function prefixOf(pages: Pages): string {
  return pages.kind === "application" ? `/${pages.namespace}.${pages.application}` : "";
}

/** The path at the front door that leads to the pages' root. */
export function entryOf(pages: Pages): string {
  switch (pages.kind) {
    case "application":
      return `/ui/${pages.namespace}/${pages.application}`;
    case "event-log":
      return `/history/${pages.sparkId}`;
    case "history":
      return "/history";
  }
}

/** Tells if a path is one as Spark has them. Whatever a server could read in another way goes nowhere. */
export function isPlain(path: string): boolean {
  return /^(?:\/(?!\.\.?(?:\/|$))[\w.-]+)*\/?$/.test(path);
}

/** The pages that a path at the front door leads to; undefined where it leads to none. */
export function pagesAtEntry(path: string): Pages | undefined {
  const [root, first = "", second = ""] = path.split("/").slice(1);
  if (root === "ui") return application(first, second);
  if (root !== "history") return undefined;
  return first === "" ? { kind: "history" } : eventLog(first);
}

/** The pages that a path of their own origin is one of; undefined where it tells nothing of them. */
export function pagesAtOrigin(path: string): Pages | undefined {
  const [root = "", first = ""] = path.split("/").slice(1);
  if (root === "history") return eventLog(first);
  const dot = root.indexOf(".");
  return dot < 0 ? undefined : application(root.slice(0, dot), root.slice(dot + 1));
}

/** The path at the pages' origin of what is at this one at the front door. An event log's pages keep theirs. */
export function atOrigin(pages: Pages, path: string): string {
  return pages.kind === "event-log" ? path : `${prefixOf(pages)}${path.slice(entryOf(pages).length)}`;
}

/** The path at the front door of what is at this one at the pages' origin. */
export function atEntry(pages: Pages, path: string): string {
  return pages.kind === "event-log" ? path : `${entryOf(pages)}${path.slice(prefixOf(pages).length)}`;
}

function application(namespace: string, name: string): Pages | undefined {
  return dnsLabel.test(namespace) && resourceName.test(name)
    ? { kind: "application", namespace, application: name }
    : undefined;
}

function eventLog(sparkId: string): Pages | undefined {
  return sparksId.test(sparkId) ? { kind: "event-log", sparkId } : undefined;
}

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** A driver has it as a label, too. */
const resourceName = /^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$/;
/** The History Server takes it from within the log, where it can be anything. */
const sparksId = /^[A-Za-z0-9][\w-]{0,99}$/;

function digest(...parts: readonly string[]): string {
  const hash = createHash("sha256").update(parts.join("/")).digest();
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  // Five bits of each byte.
  return [...hash.subarray(0, 16)].map((byte) => letters.charAt(byte & 31)).join("");
}
