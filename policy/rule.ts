import type { Violation } from "../jobs/manifest/violations.ts";
import type { Fields } from "./values.ts";

/** A resource as a program declares it, in plain data: rules know nothing of Pulumi's runtime. */
export interface DeclaredResource {
  readonly urn: string;
  /** Its type token, such as `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  /** Secrets are unwrapped; what cannot be known yet is `unknown` (values.ts). */
  readonly inputs: Fields;
  readonly protect: boolean;
  /** Undefined where it cannot be seen: the engine tells policy packs of `protect` alone. */
  readonly retainOnDelete: boolean | undefined;
  /** Input -> URNs of the resources whose outputs it is made of. Rules of one resource do without. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** Inputs of its provider; undefined where it has none. */
  readonly provider: Fields | undefined;
}

interface Named {
  /** Kebab case. Pulumi shows it with each violation. */
  readonly name: string;
  /** What must be so, in a sentence. */
  readonly description: string;
}

/** What one resource tells by itself: checked before it is made. */
export interface ResourceRule extends Named {
  readonly scope: "resource";
  check(resource: DeclaredResource): readonly Violation[];
}

/** What it takes the whole stack to see: checked at the end of a preview and of an update. */
export interface StackRule extends Named {
  readonly scope: "stack";
  check(resource: DeclaredResource, all: readonly DeclaredResource[]): readonly Violation[];
}

/** A pure predicate over what a stack declares. It says nothing against what it cannot know yet. */
export type Rule = ResourceRule | StackRule;

/** A violation as one line of a terminal. */
export function messageOf({ path, problem, expected }: Violation): string {
  return `${path === "" ? "" : `${path}: `}${problem}; expected: ${expected}`;
}
