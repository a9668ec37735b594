import { isRecord } from "../jobs/manifest/record.ts";
import type { DeclaredResource } from "./rule.ts";
import { at, parsed, unknown, type Fields } from "./values.ts";

/**
 * The tags that a resource gets: its own over its provider's default ones; `unknown` where some cannot be known yet. The
 * provider's inputs are JSON texts; by the time a policy pack sees a resource, the provider has also merged them in.
 */
export function tagsOf({ inputs, provider }: DeclaredResource): Fields | typeof unknown {
  const layers = [at(parsed(at(provider, "defaultTags")), "tags"), inputs["tags"]];
  if (layers.includes(unknown)) return unknown;
  return Object.fromEntries(layers.filter(isRecord).flatMap(Object.entries<unknown>));
}
