import { UnknownValueError, type PolicyResource, type ResourceValidationArgs } from "@pulumi/policy";

import { isRecord } from "../jobs/manifest/record.ts";
import type { DeclaredResource } from "./rule.ts";
import { unknown, type Fields } from "./values.ts";

/** What a policy of one resource is given, as rules take it: the engine does not say there what refers to what. */
export function resourceOf(args: ResourceValidationArgs | PolicyResource): DeclaredResource {
  const references = "propertyDependencies" in args ? Object.entries(args.propertyDependencies) : [];
  return {
    urn: args.urn,
    type: args.type,
    name: args.name,
    inputs: plainFields(args.props),
    protect: args.opts.protect,
    retainOnDelete: undefined,
    references: Object.fromEntries(references.map(([input, all]) => [input, all.map(({ urn }) => urn)])),
    provider: args.provider && plainFields(args.provider.props),
  };
}

function plainFields(props: object): Fields {
  const copy = plain(() => props);
  return isRecord(copy) ? copy : {};
}

/** A copy of what the pack's proxies show. They throw where a preview reads what cannot be known yet. */
function plain(read: () => unknown): unknown {
  const value = readOrUnknown(read);
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => plain(() => value[index]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, plain(() => value[key])]));
}

function readOrUnknown(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return unknown;
    throw error;
  }
}
