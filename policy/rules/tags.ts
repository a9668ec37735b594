import type { ResourceRule } from "../rule.ts";
import { tagsOf } from "../tags-of.ts";
import { unknown } from "../values.ts";

/** Who a resource belongs to, and that nobody should change it by hand. */
export const requiredTags = ["project", "stack", "managed-by"] as const;

/**
 * Costs are told apart by tags, and what was left behind is found by them. The provider's default tags reach
 * everything that can have some, so a resource that cannot is right with those as well.
 */
export const tagged: ResourceRule = {
  name: "tagged",
  description: `Everything on AWS has the tags ${requiredTags.join(", ")}.`,
  scope: "resource",
  check(resource) {
    const tags = resource.type.startsWith("aws:") ? tagsOf(resource) : unknown;
    if (tags === unknown) return [];
    const missing = requiredTags.filter((tag) => tags[tag] === undefined);
    if (missing.length === 0) return [];
    return [
      {
        path: "tags",
        problem: `without ${missing.join(", ")}`,
        expected: "defaultTags of the aws.Provider that the resource is given",
      },
    ];
  },
};
