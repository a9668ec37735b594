/** What the platform's bucket on S3 declares. */
import * as pulumi from "@pulumi/pulumi";

import type { PodIdentity } from "../../components/cluster/cluster.ts";
import type { S3Purpose } from "../../components/storage/object-store.ts";
import { S3Bucket, type S3BucketArgs } from "../../components/storage/s3-bucket.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";

export const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
export const types = {
  bucket: "aws:s3/bucket:Bucket",
  policy: "aws:s3/bucketPolicy:BucketPolicy",
  lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  object: "aws:s3/bucketObjectv2:BucketObjectv2",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  user: "aws:iam/user:User",
  userPolicy: "aws:iam/userPolicy:UserPolicy",
  key: "aws:iam/accessKey:AccessKey",
};

/** Stands for EKS: an association is the resource `association-NAME`. */
class Association extends pulumi.ComponentResource {
  constructor(name: string, args: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Association", name, args, opts);
  }
}

export interface Wishes extends Partial<Omit<S3BucketArgs, "podIdentity">> {
  /** Service accounts that are bound: NAMESPACE/NAME to a purpose. */
  readonly accounts?: Readonly<Record<string, S3Purpose>>;
}

/** A bucket with its accounts. Outputs: the contract's fields. */
export function bucketGraph(
  { accounts = { "analytics/spark": "jobs" }, ...args }: Wishes = {},
  options: Pick<EvaluateOptions, "preview"> = {},
): Promise<Graph> {
  return evaluate(() => {
    const podIdentity: PodIdentity = {
      trustPolicy: pulumi.output(trust),
      associate: (name, association, opts) => new Association(name, { ...association }, opts),
    };
    const store = new S3Bucket("store", {
      region: "eu-central-1",
      podIdentity,
      objects: { "code/a.py": "print(1)" },
      eventLogMaxAge: "30d",
      keys: { jobs: 1 },
      protect: true,
      ...args,
    });
    const bound = Object.entries(accounts).map(([account, purpose]) => {
      const [namespace = "", serviceAccount = ""] = account.split("/");
      const ready = store.access(purpose).bind(account, { namespace, serviceAccount }, {});
      return [account, ready.map(({ urn }) => urn)] as const;
    });
    return Promise.resolve({
      bucket: store.bucket,
      eventLogDirectory: store.eventLogDirectory,
      ready: store.ready.map(({ urn }) => urn),
      keys: store.keys,
      sparkConf: store.access("jobs").sparkConf,
      bound: Object.fromEntries(bound),
    });
  }, options);
}
