import { describeValue } from "../../jobs/manifest/text.ts";
import { isWorld } from "../address-ranges.ts";
import { companionViolations } from "../companions.ts";
import type { ResourceRule, StackRule } from "../rule.ts";
import { at, mayBe, texts } from "../values.ts";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/**
 * S3 blocks public access to new buckets by itself. Only what the stack declares comes back after somebody has opened
 * a bucket by hand. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const bucketBlocksPublicAccess: StackRule = {
  name: "bucket-blocks-public-access",
  description: "Every bucket blocks public access in all four ways.",
  scope: "stack",
  check: (resource, all) =>
    companionViolations(resource, all, {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      expected: `an aws.s3.BucketPublicAccessBlock with ${flags.join(", ")} true`,
      check: ({ inputs }) =>
        flags
          .filter((flag) => !mayBe(inputs[flag], true))
          .map((flag) => `${flag} is ${describeValue(inputs[flag])}`),
    }),
};

const publicAcls: readonly unknown[] = ["public-read", "public-read-write", "authenticated-read"];

/** An ACL is a second way in, which the bucket's policy does not show. `authenticated-read` is everybody with an account. */
export const noPublicAcl: ResourceRule = {
  name: "no-public-acl",
  description: "Nothing in S3 is open by its access control list.",
  scope: "resource",
  check({ type, inputs }) {
    const acl = inputs["acl"];
    if (!type.startsWith("aws:s3/") || !publicAcls.includes(acl)) return [];
    return [
      {
        path: "acl",
        problem: `${describeValue(acl)} lets everybody in`,
        expected: "no acl: rights are in policies",
      },
    ];
  },
};

/**
 * EKS gives a cluster an endpoint that the whole internet may talk to, where nothing else is said: one stolen token, or
 * one flaw in the API server, is then enough. https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 */
export const clusterEndpointLimited: ResourceRule = {
  name: "cluster-endpoint-limited",
  description: "The API server of a cluster is private, or public for named ranges of addresses.",
  scope: "resource",
  check({ type, inputs }) {
    if (type !== "aws:eks/cluster:Cluster" || mayBe(at(inputs, "vpcConfig", "endpointPublicAccess"), false))
      return [];
    const path = "vpcConfig.publicAccessCidrs";
    const expected = "ranges of those who administer the cluster, or endpointPublicAccess: false";
    const cidrs = at(inputs, "vpcConfig", "publicAccessCidrs");
    if (cidrs === undefined)
      return [{ path, problem: "is missing, and then the whole internet is let in", expected }];
    return texts(cidrs)
      .filter(isWorld)
      .map((cidr) => ({ path, problem: `${describeValue(cidr)} is the whole internet`, expected }));
  },
};
