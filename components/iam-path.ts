import * as pulumi from "@pulumi/pulumi";

/**
 * Path of the stack's users, roles and profiles in IAM. It tells people whose they are, and lets the policy of the deploy
 * pipeline be about these alone (docs/deploy/).
 */
export function iamPath(): string {
  return `/${pulumi.getProject()}/${pulumi.getStack()}/`;
}
