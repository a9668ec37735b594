import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { PodIdentity } from "../cluster/cluster.ts";
import { bounded, iamPath } from "../iam.ts";
import type { S3Access, S3Endpoint, S3Purpose } from "./object-store.ts";
import { identityPolicy } from "./permissions.ts";
import { podAccess } from "./s3-access.ts";

export interface BucketRolesArgs {
  readonly bucket: aws.s3.Bucket;
  readonly endpoint: S3Endpoint;
  readonly podIdentity: PodIdentity;
  /** ARN of the policy that no role may go beyond. Default: none. */
  readonly permissionsBoundary: string | undefined;
}

/**
 * Access for pods: a role for each purpose, which may do what the purpose is for, and which the service accounts that
 * are bound to it act as. A role is made when the first of them asks, and not at all if none does.
 */
export function bucketRoles(
  name: string,
  { bucket, endpoint, podIdentity, permissionsBoundary }: BucketRolesArgs,
  opts: pulumi.CustomResourceOptions,
): (purpose: S3Purpose) => S3Access {
  const made = new Map<S3Purpose, S3Access>();
  const make = (purpose: S3Purpose): S3Access => {
    const role = new aws.iam.Role(
      `${name}-${purpose}-role`,
      { path: iamPath(), ...bounded(permissionsBoundary), assumeRolePolicy: podIdentity.trustPolicy },
      opts,
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-${purpose}-role-policy`,
      {
        role: role.name,
        policy: bucket.bucket.apply((bucketName) => JSON.stringify(identityPolicy(bucketName, purpose))),
      },
      opts,
    );
    const access = podAccess(purpose, endpoint, (accountName, account, accountOpts) => {
      const association = { ...account, roleArn: role.arn };
      return [policy, podIdentity.associate(`${accountName}-s3`, association, accountOpts)];
    });
    made.set(purpose, access);
    return access;
  };
  return (purpose) => made.get(purpose) ?? make(purpose);
}
