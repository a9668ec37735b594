import * as pulumi from "@pulumi/pulumi";

/**
 * Path of the stack's users, roles and profiles in IAM. It tells people whose they are, and lets the policy of the deploy
 * pipeline be about these alone (docs/deploy/).
 */
export function iamPath(): string {
  return `/${pulumi.getProject()}/${pulumi.getStack()}/`;
}

/** What of a role or user limits it to a policy, whatever rights it is given. Undefined: nothing does. */
export function bounded(permissionsBoundary: string | undefined): { readonly permissionsBoundary?: string } {
  return permissionsBoundary === undefined ? {} : { permissionsBoundary };
}
