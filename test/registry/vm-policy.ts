import assert from "node:assert/strict";
import { describe, it, test } from "node:test";

import fc from "fast-check";

import { rolePolicy, type RolePolicy } from "../../components/registry/vm/policy.ts";
import { parseJson, textAt } from "../../local/kube/json.ts";
import { graphs, parameterPath, types } from "./vm-graph.ts";
import { allowed, type AwsRequest } from "../support/iam.ts";

const bucketArn = "arn:aws:s3:::images";
const store = "arn:aws:ssm:eu-central-1:111122223333:parameter";
const zones = "arn:aws:route53:::hostedzone";
const host = "registry.example.org";
const rights = { bucket: "images", parameterPathArn: `${store}${parameterPath}` };
const policies: Readonly<Record<"acme" | "private", RolePolicy>> = {
  acme: rolePolicy({ ...rights, challenge: { zoneId: "Z1OWN", host } }),
  private: rolePolicy(rights),
};

const own = `${bucketArn}/registry/docker/registry/v2/blobs/sha256/ab/data`;
const listing = (prefix?: string): AwsRequest => ({
  action: "s3:ListBucket",
  resource: bucketArn,
  ...(prefix !== undefined && { context: { "s3:prefix": prefix } }),
});
const change = (zone: string, names: readonly string[], recordTypes: readonly string[]): AwsRequest => ({
  action: "route53:ChangeResourceRecordSets",
  resource: `${zones}/${zone}`,
  context: {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": names,
    "route53:ChangeResourceRecordSetsRecordTypes": recordTypes,
  },
});
const request = (action: string, resource = "*"): AwsRequest => ({ action, resource });
const challengeName = `_acme-challenge.${host}`;

/** What the VM does. */
const needed: readonly AwsRequest[] = [
  ...["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListMultipartUploadParts"].map(
    (action) => request(`s3:${action}`, own),
  ),
  // Its health check looks at the root.
  listing("registry"),
  listing("registry/"),
  listing("registry/docker/registry/v2/repositories/"),
  request("s3:ListBucketMultipartUploads", bucketArn),
  request("ssm:GetParametersByPath", `${store}${parameterPath}`),
  request("ssm:UpdateInstanceInformation", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1"),
  ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map((action) =>
    request(`ssmmessages:${action}`),
  ),
];
const neededByAcme: readonly AwsRequest[] = [
  request("route53:ListHostedZones"),
  change("Z1OWN", [challengeName], ["TXT"]),
  request("route53:GetChange", "arn:aws:route53:::change/C1"),
];

/** What it does not do, and must not. */
const refused: readonly AwsRequest[] = [
  ...["datasets/a", "registryx/a", "registry-2/a", "a/registry/b", "Registry/a"].flatMap((key) =>
    ["GetObject", "PutObject", "DeleteObject"].map((action) =>
      request(`s3:${action}`, `${bucketArn}/${key}`),
    ),
  ),
  request("s3:GetObject", "arn:aws:s3:::images-2/registry/a"),
  request("s3:PutObjectAcl", own),
  request("s3:GetObjectVersion", own),
  request("s3:DeleteObjectVersion", own),
  request("s3:BypassGovernanceRetention", own),
  listing(),
  listing(""),
  listing("datasets/"),
  listing("registryx"),
  ...[
    "DeleteBucket",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutLifecycleConfiguration",
    "PutBucketVersioning",
    "PutBucketPublicAccessBlock",
  ].map((action) => request(`s3:${action}`, bucketArn)),
  request("s3:ListAllMyBuckets"),
  ...["", "x", "/../other"].map((end) =>
    request("ssm:PutParameter", `${store}${parameterPath}/htpasswd${end}`),
  ),
  ...[
    "/spark-platform",
    "/spark-platform/test",
    "/spark-platform/other/registry",
    `${parameterPath}x`,
    "/db",
  ].flatMap((path) =>
    ["GetParametersByPath", "GetParameter"].map((action) => request(`ssm:${action}`, store + path)),
  ),
  request("ssm:DeleteParameter", `${store}${parameterPath}/htpasswd`),
  request("ssm:DescribeParameters"),
  request("ssm:SendCommand", "arn:aws:ec2:eu-central-1:111122223333:instance/i-2"),
  request("ssm:StartSession", "arn:aws:ec2:eu-central-1:111122223333:instance/i-2"),
  change("Z2OTHER", [challengeName], ["TXT"]),
  change("Z1OWN", [challengeName], ["A"]),
  change("Z1OWN", [challengeName], ["TXT", "CNAME"]),
  change("Z1OWN", [host], ["TXT"]),
  change("Z1OWN", [`_acme-challenge.www.example.org`], ["TXT"]),
  change("Z1OWN", [challengeName, host], ["TXT"]),
  request("route53:ChangeResourceRecordSets", `${zones}/Z1OWN`),
  request("route53:DeleteHostedZone", `${zones}/Z1OWN`),
  request("route53:ListResourceRecordSets", `${zones}/Z1OWN`),
  request("iam:CreateUser", "arn:aws:iam::111122223333:user/a"),
  request("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/registry"),
  request("iam:PassRole", "arn:aws:iam::111122223333:role/registry"),
  request("sts:AssumeRole", "arn:aws:iam::111122223333:role/admin"),
  request("ec2:DescribeInstances"),
  request("ec2:AssociateAddress", "arn:aws:ec2:eu-central-1:111122223333:elastic-ip/eipalloc-1"),
  request("ec2:TerminateInstances", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1"),
  request("ec2:AuthorizeSecurityGroupIngress", "arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1"),
  request("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/k"),
  request(
    "secretsmanager:GetSecretValue",
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-123456",
  ),
];

async function assertDecisions(
  policy: RolePolicy,
  requests: readonly AwsRequest[],
  wanted: boolean,
): Promise<void> {
  const wrong: AwsRequest[] = [];
  for (const each of requests) if ((await allowed(policy, each)) !== wanted) wrong.push(each);
  assert.deepEqual(wrong, [], `must ${wanted ? "" : "not "}be allowed`);
}

for (const [kind, policy] of Object.entries(policies)) {
  describe(`the VM's rights, ${kind}`, () => {
    it("suffice for what it does", () => assertDecisions(policy, needed, true));
    it("go no further", () => assertDecisions(policy, refused, false));
    it("let it touch DNS to answer its challenge alone", () =>
      assertDecisions(policy, neededByAcme, kind === "acme"));
    it("have a wildcard only where there is no other way", () => {
      assert.deepEqual(
        policy.Statement.flatMap(({ Action }) => Action).filter((action) => /[*?]/.test(action)),
        [],
      );
      const open = policy.Statement.filter(({ Resource }) => Resource.some((arn) => /[*?]/.test(arn)));
      assert.deepEqual(
        open.map(({ Action, Resource }) => [Resource.filter((arn) => /[*?]/.test(arn)), Action.length]),
        [
          [[`${bucketArn}/registry/*`], 1],
          [[`${bucketArn}/registry/?*`], 4],
          [[`${store}${parameterPath}/*`], 1],
          [["*"], 5],
          ...(kind === "acme"
            ? [
                [["arn:aws:route53:::change/*"], 1],
                [["*"], 1],
              ]
            : []),
        ],
      );
    });
    it("have ids of letters and digits, each once", () => {
      const ids = policy.Statement.map(({ Sid }) => Sid);
      assert.deepEqual([...new Set(ids)], ids);
      assert.ok(ids.every((id) => /^[A-Za-z0-9]+$/.test(id)));
    });
  });
}

test("the VM changes TXT records of its challenge and of no other name", async () => {
  const name = fc.constantFrom(challengeName, host, "example.org", `x.${challengeName}`, "*.example.org");
  const type = fc.constantFrom("TXT", "A", "CNAME", "NS", "CAA");
  const some = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(some(name), some(type), async (names, recordTypes) => {
      const mine =
        names.every((each) => each === challengeName) && recordTypes.every((each) => each === "TXT");
      assert.equal(await allowed(policies.acme, change("Z1OWN", names, recordTypes)), mine);
    }),
    { numRuns: 60 },
  );
});

for (const [kind, graph] of graphs) {
  test(`the role has these rights and no others, and EC2 alone may take it (${kind})`, async () => {
    const declared = (await graph).registrations.filter(({ type }) => type.startsWith("aws:iam/"));
    assert.deepEqual(declared.map(({ type }) => type.split(":").at(-1)).sort(), [
      "InstanceProfile",
      "Role",
      "RolePolicy",
    ]);
    const { inputs } = (await graph).only("aws:iam/role:Role");
    assert.deepEqual(Object.keys(inputs), ["assumeRolePolicy", "path"], "no managed policy");
    assert.deepEqual(parseJson(textAt(inputs, "assumeRolePolicy") ?? ""), {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    const bucket = (await graph).only("aws:s3/bucket:Bucket");
    const policy = textAt((await graph).only(types.policy).inputs, "policy") ?? "";
    const statements: unknown = JSON.parse(policy);
    const bucketName = /"arn:aws:s3:::([^"/]+)"/.exec(policy)?.[1] ?? "";
    assert.ok(bucketName.startsWith(bucket.name));
    const expected = rolePolicy({
      bucket: bucketName,
      parameterPathArn: `${store}${parameterPath}`,
      challenge: kind === "acme" ? { zoneId: "Z1OWN", host: "registry.dev.example.org" } : undefined,
    });
    assert.deepEqual(statements, expected);
  });
}
