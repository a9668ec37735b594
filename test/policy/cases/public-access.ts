import {
  bucketBlocksPublicAccess,
  clusterEndpointLimited,
  noPublicAcl,
} from "../../../policy/rules/public-access.ts";
import { bucket, declare, ofBucket, type RuleCases } from "../declare.ts";

const blockType = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const blocked = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const other = declare(bucket.type, {}, { name: "other" });
const cluster = (vpcConfig?: unknown) => [declare("aws:eks/cluster:Cluster", { vpcConfig })];

export const publicAccessCases: readonly RuleCases[] = [
  {
    rule: bucketBlocksPublicAccess,
    right: [
      { name: "a bucket with its block", stack: [bucket, ofBucket(blockType, blocked)] },
      { name: "no bucket at all", stack: [] },
    ],
    wrong: [
      {
        name: "a bucket without a block",
        stack: [bucket],
        says: [/^no BucketPublicAccessBlock refers to the bucket; expected: an aws\.s3\.BucketPublic/],
      },
      {
        name: "the block of another bucket",
        stack: [bucket, other, ofBucket(blockType, blocked, other)],
        says: [/^no BucketPublicAccessBlock/],
      },
      {
        name: "a block with holes",
        stack: [
          bucket,
          ofBucket(blockType, {
            blockPublicAcls: true,
            blockPublicPolicy: false,
            restrictPublicBuckets: true,
          }),
        ],
        says: [/: blockPublicPolicy is false;/, /: ignorePublicAcls is undefined;/],
      },
    ],
  },
  {
    rule: noPublicAcl,
    right: [
      { name: "no ACL", stack: [bucket] },
      { name: "a private ACL", stack: [ofBucket("aws:s3/bucketAcl:BucketAcl", { acl: "private" })] },
    ],
    wrong: [
      {
        name: "ACLs that let everybody in",
        stack: [
          declare(bucket.type, { acl: "public-read" }),
          ofBucket("aws:s3/bucketAcl:BucketAcl", { acl: "public-read-write" }),
          ofBucket("aws:s3/bucketObject:BucketObject", { acl: "authenticated-read" }),
        ],
        says: [/"public-read" lets/, /"public-read-write" lets/, /"authenticated-read" lets/],
      },
    ],
  },
  {
    rule: clusterEndpointLimited,
    right: [
      { name: "a private endpoint", stack: cluster({ endpointPublicAccess: false }) },
      {
        name: "a public one for an office",
        stack: cluster({ endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] }),
      },
    ],
    wrong: [
      {
        name: "a public one for all, by default",
        stack: cluster({}),
        says: [/the whole internet is let in/],
      },
      { name: "a cluster that says nothing", stack: cluster(), says: [/the whole internet is let in/] },
      {
        name: "a public one for all, among others",
        stack: cluster({ publicAccessCidrs: ["203.0.113.0/24", "0.0.0.0/0"] }),
        says: [/^vpcConfig\.publicAccessCidrs: "0\.0\.0\.0\/0" is the whole internet/],
      },
    ],
  },
];
