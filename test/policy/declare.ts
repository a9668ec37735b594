import type { DeclaredResource, Rule } from "../../policy/rule.ts";
import type { Fields } from "../../policy/values.ts";

/** Stacks that a rule has nothing against, and some that it has. */
export interface RuleCases {
  readonly rule: Rule;
  readonly right: readonly Case[];
  readonly wrong: readonly WrongCase[];
}

export interface Case {
  readonly name: string;
  readonly stack: readonly DeclaredResource[];
}

export interface WrongCase extends Case {
  /** What each violation says, in order. */
  readonly says: readonly RegExp[];
}

/** A resource with these inputs, and otherwise as plain as can be. */
export function declare(
  type: string,
  inputs: Fields = {},
  more: Partial<Omit<DeclaredResource, "type" | "inputs">> = {},
): DeclaredResource {
  const name = more.name ?? type.split(":").at(-1)?.toLowerCase() ?? type;
  return {
    urn: `urn:pulumi:test::spark-platform::${type}::${name}`,
    type,
    name,
    inputs,
    protect: false,
    retainOnDelete: false,
    references: {},
    provider: undefined,
    ...more,
  };
}

/** A provider's inputs with these default tags, as Pulumi's SDK writes them. */
export function providerWithTags(tags: Fields): Fields {
  return { defaultTags: JSON.stringify({ tags }) };
}

export const bucket = declare("aws:s3/bucket:Bucket", {}, { name: "store" });
/** What is set on `bucket` by a resource of its own. */
export function ofBucket(type: string, inputs: Fields, owner: DeclaredResource = bucket): DeclaredResource {
  return declare(type, inputs, { references: { bucket: [owner.urn] } });
}
