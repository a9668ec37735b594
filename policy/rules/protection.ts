import type { Violation } from "../../jobs/manifest/violations.ts";
import { describeValue } from "../../jobs/manifest/text.ts";
import { bucketType } from "../companions.ts";
import type { DeclaredResource, ResourceRule, StackRule } from "../rule.ts";
import { tagsOf } from "../tags-of.ts";
import { mayBe, unknown } from "../values.ts";

/**
 * The default tags of a stack that may be deleted whole, such as one for trying things out. A tag, since it is seen
 * wherever the question comes up: by this rule, in the stack's state, and in AWS's console.
 */
export const unprotectedTags = { protection: "none" } as const;

interface Stateful {
  /** What is lost with it. */
  readonly lost: string;
  /** Inputs that guard it on AWS's side or in the provider, and what they must be. */
  readonly guards: Readonly<Record<string, readonly unknown[]>>;
}

/** `protect` stops Pulumi alone, and a change of the program takes it away in the same step: so what has a lock of its own, uses it. */
const stateful: Readonly<Record<string, Stateful>> = {
  [bucketType]: {
    lost: "data, code, event logs and images",
    guards: { forceDestroy: [undefined, false] },
  },
  "aws:route53/zone:Zone": {
    lost: "its name servers, which others were told",
    guards: { forceDestroy: [undefined, false] },
  },
  "aws:cognito/userPool:UserPool": {
    lost: "the users and their passwords",
    guards: { deletionProtection: ["ACTIVE"] },
  },
  "aws:kms/key:Key": { lost: "all that it has encrypted", guards: {} },
  "aws:eks/cluster:Cluster": {
    lost: "all that runs on it",
    guards: { deletionProtection: [true] },
  },
};

/** What cannot be had again is not deleted by a slip. */
export const statefulProtected: ResourceRule = {
  name: "stateful-protected",
  description:
    "What holds state cannot be deleted by accident, unless the stack is tagged as one that may be.",
  scope: "resource",
  check(resource) {
    const known = stateful[resource.type];
    if (known === undefined || mayBeDeleted(resource)) return [];
    const guards = Object.entries(known.guards)
      .filter(([field, wanted]) => !mayBe(resource.inputs[field], ...wanted))
      .map(([field, wanted]) => ({
        path: field,
        problem: `is ${describeValue(resource.inputs[field])}, and with it goes: ${known.lost}`,
        expected: describeValue(wanted.at(-1)),
      }));
    const kept =
      resource.type === bucketType && resource.retainOnDelete === false
        ? [missingOption("retainOnDelete", known.lost)]
        : [];
    return [...unprotected(resource, known.lost), ...kept, ...guards];
  },
};

/** An address that a name leads to is known to resolvers and firewalls that are not ours. NAT's addresses are not such. */
export const namedAddressProtected: StackRule = {
  name: "named-address-protected",
  description:
    "An elastic address that a DNS record leads to cannot be deleted by accident, unless the stack is tagged as one that may be.",
  scope: "stack",
  check(resource, all) {
    const named =
      resource.type === "aws:ec2/eip:Eip" &&
      all.some(
        ({ type, references }) =>
          type === "aws:route53/record:Record" && references["records"]?.includes(resource.urn),
      );
    return named && !mayBeDeleted(resource) ? unprotected(resource, "the address, for good") : [];
  },
};

function unprotected({ protect }: DeclaredResource, lost: string): readonly Violation[] {
  return protect ? [] : [missingOption("protect", lost)];
}

function missingOption(option: string, lost: string): Violation {
  return {
    path: `options.${option}`,
    problem: `is false, and with it goes: ${lost}`,
    expected: `true; or default tags with protection: none, where the stack may be deleted whole`,
  };
}

function mayBeDeleted(resource: DeclaredResource): boolean {
  const tags = tagsOf(resource);
  return tags === unknown || mayBe(tags["protection"], unprotectedTags.protection);
}
