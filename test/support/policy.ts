import { messageOf, type DeclaredResource } from "../../policy/rule.ts";
import { rules } from "../../policy/rules/index.ts";
import type { Graph } from "./mocks.ts";

/** What the policy pack has against a graph: `RULE: TYPE NAME: WHERE: WHAT; expected: WHAT WOULD BE RIGHT`. */
export function violations(graph: Graph): readonly string[] {
  const all = declared(graph);
  return all.flatMap((resource) =>
    rules.flatMap((rule) =>
      rule
        .check(resource, all)
        .map((each) => `${rule.name}: ${resource.type} ${resource.name}: ${messageOf(each)}`),
    ),
  );
}

/** A graph's registrations as rules take them, each with its provider's inputs. */
export function declared({ registrations }: Graph): readonly DeclaredResource[] {
  const inputsOf = new Map(registrations.map(({ urn, inputs }) => [urn, inputs]));
  return registrations.map(({ provider = "", ...resource }) => ({
    ...resource,
    provider: inputsOf.get(provider.slice(0, provider.lastIndexOf("::"))),
  }));
}
