import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { bounded, iamPath } from "../iam.ts";
import { s3Purposes, type S3Keys, type S3Purpose } from "./object-store.ts";
import { identityPolicy } from "./permissions.ts";

/**
 * For each purpose that has a user, the number of its key pair, from 1. The next higher one is a new pair, while the
 * one before goes on, so that whoever holds it has time to change; raised once more, the old one is out. AWS lets a
 * user have two.
 */
export type KeyNumbers = Readonly<Partial<Record<S3Purpose, number | undefined>>>;

/** The key pair in use of each purpose that has a user. */
export type UserKeys = Readonly<Partial<Record<S3Purpose, S3Keys>>>;

/**
 * Users of the bucket for whoever cannot get an identity in another way: clients outside of AWS. Each may do what its
 * purpose is for, and has the two newest key pairs.
 */
export function bucketUsers(
  name: string,
  args: {
    readonly bucket: aws.s3.Bucket;
    readonly numbers: KeyNumbers;
    /** ARN of the policy that no user may go beyond. Default: none. */
    readonly permissionsBoundary: string | undefined;
  },
  opts: pulumi.CustomResourceOptions,
): UserKeys {
  const purposes = s3Purposes.flatMap((purpose) => {
    const number = args.numbers[purpose];
    return number === undefined ? [] : [{ purpose, number }];
  });
  return Object.fromEntries(
    purposes.map(({ purpose, number }) => {
      const user = new aws.iam.User(
        `${name}-${purpose}`,
        { path: iamPath(), ...bounded(args.permissionsBoundary) },
        opts,
      );
      new aws.iam.UserPolicy(
        `${name}-${purpose}-policy`,
        {
          user: user.name,
          policy: args.bucket.bucket.apply((bucket) => JSON.stringify(identityPolicy(bucket, purpose))),
        },
        opts,
      );
      const pair = (of: number): S3Keys => {
        const key = new aws.iam.AccessKey(`${name}-${purpose}-key-${of}`, { user: user.name }, opts);
        return { accessKeyId: key.id, secretAccessKey: key.secret };
      };
      if (number > 1) pair(number - 1);
      return [purpose, pair(number)];
    }),
  );
}
