import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { PodIdentity } from "../cluster/cluster.ts";
import { bucketGuards } from "./bucket-guards.ts";
import { bucketLifecycle } from "./bucket-lifecycle.ts";
import { bucketRoles } from "./bucket-roles.ts";
import { bucketUsers, type KeyNumbers, type UserKeys } from "./bucket-users.ts";
import { prefixes, type ObjectStore, type S3Access, type S3Purpose } from "./object-store.ts";
import { podIdentityRule, s3Rule } from "./store-network.ts";

export interface S3BucketArgs {
  /** Name of the bucket, of which there is one in all of AWS. Default: one that Pulumi makes. */
  readonly bucket?: string | undefined;
  readonly region: string;
  /** Who gives pods their identity. */
  readonly podIdentity: PodIdentity;
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
  /** Age, such as `30d`, at which the History Server removes event logs. */
  readonly eventLogMaxAge: string;
  /** Which purposes have a user with keys. */
  readonly keys: KeyNumbers;
  /** ARN of the policy that no role and no user may go beyond. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /**
   * Whether the data outlives the stack: Pulumi refuses to delete the bucket, and leaves it, with all that guards it,
   * where it may. Otherwise the bucket goes with the stack, and everything in it.
   */
  readonly protect: boolean;
}

/**
 * The platform's bucket on S3: guarded, versioned, cleaned by lifecycle rules. Pods reach it by a role of their service
 * account, clients outside by the key pair of a user.
 *
 *     const { podIdentity } = new EksCluster("cluster", …);
 *     new S3Bucket("store", { region, podIdentity, objects: {}, eventLogMaxAge: "30d", keys: { jobs: 1 }, protect: true });
 */
export class S3Bucket extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly reach = "everywhere";
  readonly region: string;
  readonly eventLogDirectory: pulumi.Output<string>;
  readonly network: ObjectStore["network"] = [s3Rule, podIdentityRule];
  readonly ready: readonly pulumi.Resource[];
  /** The key pairs of the users. */
  readonly keys: UserKeys;
  readonly #roles: (purpose: S3Purpose) => S3Access;

  constructor(name: string, args: S3BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:storage:S3Bucket", name, {}, opts);
    const { region, podIdentity, permissionsBoundary, protect } = args;
    const child = { parent: this };
    const lasting = { ...child, protect, retainOnDelete: protect };
    const bucket = new aws.s3.Bucket(name, { ...bucketName(args.bucket), forceDestroy: !protect }, lasting);
    const guards = bucketGuards(name, bucket, lasting);
    const lifecycle = bucketLifecycle(
      name,
      { bucket, eventLogMaxAge: args.eventLogMaxAge },
      // A rule about old versions wants versions.
      { ...lasting, dependsOn: [...guards] },
    );
    const objects = bucketObjects(name, bucket, args.objects, { ...child, dependsOn: [...guards] });
    this.bucket = bucket.bucket;
    this.endpoint = pulumi.output(`https://s3.${region}.amazonaws.com`);
    this.region = region;
    this.eventLogDirectory = pulumi.interpolate`s3a://${this.bucket}/${prefixes.events}`;
    this.ready = [...guards, lifecycle, ...objects];
    this.keys = bucketUsers(name, { bucket, numbers: args.keys, permissionsBoundary }, child);
    const endpoint = { region, pathStyle: false };
    this.#roles = bucketRoles(name, { bucket, endpoint, podIdentity, permissionsBoundary }, child);
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  access(purpose: S3Purpose): S3Access {
    return this.#roles(purpose);
  }
}

/** A name that somebody chose, or one that AWS makes, which tells the stack. A prefix has room for 37 characters. */
function bucketName(chosen: string | undefined): Pick<aws.s3.BucketArgs, "bucket" | "bucketPrefix"> {
  if (chosen !== undefined) return { bucket: chosen };
  const prefix = `${pulumi.getProject()}-${pulumi.getStack()}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
  return { bucketPrefix: `${prefix.slice(0, 36)}-` };
}

/** The marker of each prefix, and the objects that the stack puts there. */
function bucketObjects(
  name: string,
  bucket: aws.s3.Bucket,
  texts: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const markers = Object.values(prefixes).map((prefix) => [prefix, ""] as const);
  return [...markers, ...Object.entries(texts)].map(
    ([key, content]) =>
      new aws.s3.BucketObjectv2(`${name}-object-${key}`, { bucket: bucket.id, key, content }, opts),
  );
}
