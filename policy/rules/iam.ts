/** Least privilege, as far as a policy's text shows it. What it comes to, the tests of each policy ask a simulator. */
import { describeValue } from "../../jobs/manifest/text.ts";
import { openStatements } from "../open-statements.ts";
import type { ResourceRule } from "../rule.ts";
import { grantsOf, type Grant } from "../statements.ts";
import { texts } from "../values.ts";

/** AWS adds actions to its services all the time: who is given `s3:*` or `s3:Get*` today has more tomorrow. */
export const actionsNamed: ResourceRule = {
  name: "iam-actions-named",
  description: "A policy allows actions by their whole names, and nothing by naming the rest.",
  scope: "resource",
  check: (resource) =>
    grantsOf(resource).flatMap(({ path, actions, inverted }) => [
      ...actions.filter(hasWildcard).map((action) => ({
        path: `${path}.Action`,
        problem: `${describeValue(action)} allows more than it names`,
        expected: "each action by its whole name",
      })),
      ...inverted.map((field) => ({
        path: `${path}.${field}`,
        problem: "allows all but what it names",
        expected: `${field.slice("Not".length)}, with what is meant`,
      })),
    ]),
};

/** A right on everything of a service is also one on what others keep in the account. */
export const resourcesNamed: ResourceRule = {
  name: "iam-resources-named",
  description: "A policy is for named resources, but for the few actions that know none.",
  scope: "resource",
  // In a key's own policy `*` is the key itself (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html).
  check: (resource) =>
    resource.type === "aws:kms/key:Key"
      ? []
      : grantsOf(resource)
          .filter((each) => !isKnownOpen(each))
          .flatMap(({ path, resources }) =>
            resources.filter(isEverything).map((arn) => ({
              path: `${path}.Resource`,
              problem: `${describeValue(arn)} is everything`,
              expected: "ARNs; where IAM knows none for the action, an entry in policy/open-statements.ts",
            })),
          ),
};

/** `*` is everybody with an AWS account. A statement that denies may say so: it takes from all, and gives nothing. */
export const principalsNamed: ResourceRule = {
  name: "iam-principals-named",
  description: "Who may take a role or use a resource is named.",
  scope: "resource",
  check: (resource) =>
    grantsOf(resource).flatMap(({ path, principals }) =>
      principals.filter(hasWildcard).map((principal) => ({
        path: `${path}.Principal`,
        problem: `${describeValue(principal)} is everybody`,
        expected: "ARNs, or the service that is meant",
      })),
    ),
};

/** Policies of AWS that stand for `*`: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const broad = /:iam::aws:policy\/(.*\/)?([A-Za-z0-9]*FullAccess|AdministratorAccess.*|PowerUserAccess)$/;

/** The same wildcards by another name. */
export const noBroadPolicies: ResourceRule = {
  name: "iam-no-broad-policies",
  description: "Nobody gets a policy of AWS that gives a whole service, or all of them.",
  scope: "resource",
  check({ type, inputs }) {
    if (!type.startsWith("aws:iam/")) return [];
    return ["policyArn", "managedPolicyArns"].flatMap((path) =>
      texts(inputs[path])
        .filter((arn) => broad.test(arn))
        .map((arn) => ({
          path,
          problem: `${describeValue(arn)} gives everything of a service`,
          expected: "a policy of the stack's own, with the actions that are used",
        })),
    );
  },
};

function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** `*`, and ARNs that name neither a kind of resource nor a resource: `arn:aws:s3:::*`. */
function isEverything(arn: string): boolean {
  const [, partition = "*", service = "*", , , ...resource] = arn.split(":");
  return hasWildcard(partition) || hasWildcard(service) || /^[*?]/.test(resource.join(":") || "*");
}

function isKnownOpen({ sid, actions }: Grant): boolean {
  const known = sid !== undefined && Object.hasOwn(openStatements, sid) ? openStatements[sid] : undefined;
  return known !== undefined && actions.every((action) => known.includes(action));
}
