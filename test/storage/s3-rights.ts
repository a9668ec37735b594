import assert from "node:assert/strict";
import { describe, it, test } from "node:test";

import fc from "fast-check";

import { tlsOnly } from "../../components/storage/bucket-guards.ts";
import {
  imagesPrefix,
  logsPrefix,
  prefixes,
  s3Purposes,
  uploadsPrefix,
  type S3Purpose,
} from "../../components/storage/object-store.ts";
import { identityPolicy } from "../../components/storage/permissions.ts";
import { allowed, type AwsRequest } from "../support/iam.ts";
import { parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import { bucketGraph, trust, types } from "./bucket-graph.ts";

const bucket = "spark-bucket";
const arn = (key: string, of = bucket): string => `arn:aws:s3:::${of}/${key}`;
const object = (action: string, key: string, of?: string): AwsRequest => ({
  action: `s3:${action}`,
  resource: arn(key, of),
});
const list = (prefix: string): AwsRequest => ({
  action: "s3:ListBucket",
  resource: `arn:aws:s3:::${bucket}`,
  context: { "s3:prefix": prefix },
});

/** What each purpose does, call by call, as Spark, the History Server, the operator and distribution make them. */
const needs: Readonly<Record<S3Purpose, readonly AwsRequest[]>> = {
  jobs: [
    list("datasets/raw/"),
    list("datasets"),
    list("events/"),
    list("code/etl/"),
    // S3A looks at a folder's own key before it takes it for a folder.
    object("GetObject", "events"),
    object("GetObject", "events/"),
    object("GetObject", "datasets"),
    object("GetObject", "code"),
    object("GetObject", "datasets/raw/a.parquet"),
    object("PutObject", "datasets/out/part-0.parquet"),
    object("DeleteObject", "datasets/out/_temporary/0"),
    object("AbortMultipartUpload", "datasets/out/part-0.parquet"),
    object("ListMultipartUploadParts", "datasets/out/part-0.parquet"),
    object("PutObject", "datasets/out/__magic_job-1/job-1/00/task_1.pendingset"),
    object("GetObject", "code/etl/main.py"),
    object("PutObject", "events/eventlog_v2_spark-1/events_1_spark-1.zstd"),
    object("DeleteObject", "events/eventlog_v2_spark-1/appstatus_spark-1.inprogress"),
  ],
  history: [
    list("events/"),
    object("GetObject", "events"),
    object("GetObject", "events/eventlog_v2_spark-1/events_1_spark-1.zstd"),
    object("PutObject", "events/eventlog_v2_spark-1/events_1_spark-1.compact"),
    object("DeleteObject", "events/eventlog_v2_spark-1/events_1_spark-1.zstd"),
  ],
  operator: [list("code/etl/"), object("GetObject", "code"), object("GetObject", "code/etl/lib.jar")],
  registry: [
    list("registry/"),
    object("GetObject", "registry/docker/registry/v2/blobs/sha256/aa/data"),
    object("PutObject", "registry/docker/registry/v2/blobs/sha256/aa/data"),
    object("DeleteObject", "registry/docker/registry/v2/repositories/a/_uploads/1"),
    { action: "s3:ListBucketMultipartUploads", resource: `arn:aws:s3:::${bucket}` },
  ],
  gateway: [
    list("logs/analytics/"),
    object("PutObject", "logs/analytics/word-count-1f/driver.log.gz"),
    object("GetObject", "logs/analytics/word-count-1f/driver.log.gz"),
    object("DeleteObject", "logs/analytics/word-count-1f/driver.log.gz"),
    object("PutObject", "code/uploads/0a1b.zip"),
    object("GetObject", "code/uploads/0a1b.zip"),
  ],
};

/** What nobody may: the bucket's own settings, other buckets, other services. */
const never: readonly AwsRequest[] = [
  ...[
    "PutBucketPolicy",
    "DeleteBucket",
    "PutBucketAcl",
    "PutLifecycleConfiguration",
    "PutBucketVersioning",
  ].map((action) => ({ action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}` })),
  object("PutObjectAcl", "datasets/a"),
  object("DeleteObjectVersion", "datasets/a"),
  object("GetObjectVersion", "datasets/a"),
  object("GetObject", "datasets/a", "another-bucket"),
  object("GetObject", "other/a"),
  list(""),
  { action: "s3:ListAllMyBuckets", resource: "*" },
  { action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/admin" },
  { action: "iam:CreateAccessKey", resource: "arn:aws:iam::111122223333:user/a" },
  { action: "ec2:DescribeInstances", resource: "*" },
  { action: "eks:DescribeCluster", resource: "arn:aws:eks:eu-central-1:111122223333:cluster/a" },
];

async function refused(policy: unknown, requests: readonly AwsRequest[]): Promise<readonly AwsRequest[]> {
  const answers = await Promise.all(requests.map((request) => allowed(policy, request)));
  return requests.filter((_, index) => answers[index] !== true);
}

for (const purpose of s3Purposes) {
  describe(`the policy of ${purpose}, as IAM decides`, () => {
    const policy = identityPolicy(bucket, purpose);
    it("suffices for what the purpose does", async () => {
      assert.deepEqual(await refused(policy, needs[purpose]), []);
    });
    it("gives nothing beside the bucket's objects", async () => {
      assert.deepEqual(await refused(policy, never), never);
    });
    it("gives no other purpose's objects", async () => {
      const foreignPrefix: Readonly<Record<S3Purpose, string>> = {
        jobs: "logs/",
        history: "datasets/",
        operator: "events/",
        registry: "datasets/",
        gateway: "events/",
      };
      const foreign = ["GetObject", "PutObject", "DeleteObject"].map((action) =>
        object(action, `${foreignPrefix[purpose]}a`),
      );
      assert.deepEqual(await refused(policy, foreign), foreign);
    });
  });
}

test("a job cannot remove a log that is finished, nor change code", async () => {
  const policy = identityPolicy(bucket, "jobs");
  const name = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
  await fc.assert(
    fc.asyncProperty(name, name, async (folder, file) => {
      const wishes = [
        object("AbortMultipartUpload", `${prefixes.code}${folder}/${file}`),
        object("DeleteObject", `${prefixes.events}${folder}/${file}`),
        object("PutObject", `${prefixes.code}${folder}/${file}`),
        object("DeleteObject", `${prefixes.code}${folder}/${file}`),
      ];
      assert.deepEqual(await refused(policy, wishes), wishes);
    }),
    { numRuns: 25 },
  );
});

/** A folder as S3A looks at it: the key that would be a file in its place, and the marker that it is there by. */
const folders = [...Object.values(prefixes), imagesPrefix, logsPrefix, uploadsPrefix].flatMap((prefix) => [
  prefix.slice(0, -1),
  prefix,
]);

for (const purpose of s3Purposes) {
  test(`${purpose} cannot put, remove or change what a folder itself is`, async () => {
    const changes = [
      ...["PutObject", "DeleteObject", "AbortMultipartUpload", "DeleteObjectVersion", "RestoreObject"],
      ...["PutObjectAcl", "PutObjectVersionAcl", "PutObjectTagging", "DeleteObjectTagging"],
      ...["PutObjectRetention", "PutObjectLegalHold", "BypassGovernanceRetention", "ReplicateDelete"],
    ];
    const wishes = folders.flatMap((key) => changes.map((action) => object(action, key)));
    assert.deepEqual(await refused(identityPolicy(bucket, purpose), wishes), wishes);
  });
}

test("the gateway cannot remove code, nor read or change what its users have not uploaded", async () => {
  const wishes = [
    object("DeleteObject", "code/uploads/0a1b.zip"),
    object("GetObject", "code/etl/main.py"),
    object("PutObject", "code/etl/main.py"),
  ];
  assert.deepEqual(await refused(identityPolicy(bucket, "gateway"), wishes), wishes);
});

test("without TLS, or with an old one, the bucket refuses everybody everything", async () => {
  const everything = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  };
  const may = (secure: string, version: string): Promise<boolean> =>
    allowed(
      everything,
      {
        ...object("GetObject", "datasets/a"),
        context: { "aws:SecureTransport": secure, "s3:TlsVersion": version },
      },
      tlsOnly(`arn:aws:s3:::${bucket}`),
    );
  assert.equal(await may("true", "1.3"), true);
  assert.equal(await may("true", "1.2"), true);
  assert.equal(await may("false", "1.2"), false);
  assert.equal(await may("true", "1.1"), false);
});

test("a role is made for a purpose that somebody asks for, once, and names this bucket alone", async () => {
  const accounts = { "a/spark": "jobs", "b/spark": "jobs", "spark-operator/controller": "operator" } as const;
  const graph = await bucketGraph({ accounts, bucket });
  assert.deepEqual(
    graph.all(types.role).map(({ name, inputs }) => [name, inputs["assumeRolePolicy"]]),
    [
      ["store-jobs-role", trust],
      ["store-operator-role", trust],
    ],
  );
  for (const [purpose, name] of [
    ["jobs", "store-jobs-role-policy"],
    ["operator", "store-operator-role-policy"],
  ] as const) {
    const policy = parseJson(textAt(graph.only(types.rolePolicy, name).inputs, "policy") ?? "");
    assert.deepEqual(policy, identityPolicy(bucket, purpose));
  }
});

test("each account is bound to the role of its purpose, when the role has its rights", async () => {
  const accounts = { "a/spark": "jobs", "spark-history/history": "history" } as const;
  const graph = await bucketGraph({ accounts });
  for (const [account, purpose] of Object.entries(accounts)) {
    const role = graph.only(types.role, `store-${purpose}-role`);
    const association = graph.only("test:index:Association", `${account}-s3`);
    assert.ok(association.dependsOn.includes(role.urn), account);
    const [namespace, serviceAccount] = account.split("/");
    assert.deepEqual(
      [association.inputs["namespace"], association.inputs["serviceAccount"]],
      [namespace, serviceAccount],
    );
  }
  const bound = recordAt(graph.outputs, "bound");
  assert.ok(Object.values(bound).every((ready) => Array.isArray(ready) && ready.length === 2));
});
