import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { bounded, iamPath } from "../../iam.ts";
import { rolePolicy, trustPolicy } from "./policy.ts";

export interface VmRoleArgs {
  readonly bucket: pulumi.Input<string>;
  /** ARN of the path of its parameters. */
  readonly parameterPathArn: pulumi.Input<string>;
  /** ARN of the policy that the role may not go beyond. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  readonly challenge?: { readonly zoneId: pulumi.Input<string>; readonly host: string } | undefined;
}

export interface VmRole {
  readonly profile: aws.iam.InstanceProfile;
  /** The rights, which must be there before the VM uses them. */
  readonly policy: aws.iam.RolePolicy;
}

/** The identity of the registry's VM. */
export function vmRole(
  name: string,
  { permissionsBoundary, ...args }: VmRoleArgs,
  opts: pulumi.CustomResourceOptions,
): VmRole {
  const path = iamPath();
  const role = new aws.iam.Role(
    `${name}-role`,
    { path, ...bounded(permissionsBoundary), assumeRolePolicy: JSON.stringify(trustPolicy) },
    opts,
  );
  const policy = pulumi.output(args).apply((rights): string => JSON.stringify(rolePolicy(rights)));
  return {
    policy: new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy }, opts),
    profile: new aws.iam.InstanceProfile(`${name}-profile`, { path, role: role.name }, opts),
  };
}
