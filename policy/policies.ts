import type { Policies } from "@pulumi/policy";

import { resourceOf } from "./pack-resource.ts";
import { messageOf, type Rule } from "./rule.ts";
import { rules } from "./rules/index.ts";

/** The rules as Pulumi's policy packs take them. */
export const policies: Policies = rules.map(policyOf);

function policyOf(rule: Rule): Policies[number] {
  const { name, description } = rule;
  if (rule.scope === "resource") {
    return {
      name,
      description,
      validateResource(args, report) {
        for (const violation of rule.check(resourceOf(args))) report(messageOf(violation));
      },
    };
  }
  return {
    name,
    description,
    validateStack({ resources }, report) {
      const all = resources.map(resourceOf);
      for (const resource of all)
        for (const violation of rule.check(resource, all)) report(messageOf(violation), resource.urn);
    },
  };
}
