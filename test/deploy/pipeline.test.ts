import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it, test } from "node:test";

import { projectFolder, stackFile } from "../support/graph.ts";
import { allowed, type AwsRequest } from "../support/iam.ts";
import { at, listAt, parseJson, recordAt } from "../support/kube-json.ts";

const folder = path.join(projectFolder, "docs/deploy");
const read = (name: string): unknown => parseJson(readFileSync(path.join(folder, name), "utf8"));
/** What the role of the deploy pipeline has, attached as so many policies since one takes 6,144 characters. */
const files = ["network-policy.json", "identity-policy.json", "platform-policy.json", "state-policy.json"];
const policy = { Version: "2012-10-17", Statement: files.flatMap((file) => listAt(read(file), "Statement")) };

const account = "111122223333";
const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-central-1:${account}:${resource}`;
const iam = (resource: string): string => `arn:aws:iam::${account}:${resource}`;
const tagged = { "aws:ResourceTag/project": "spark-platform" };
const withTag = { "aws:RequestTag/project": "spark-platform" };
const request = (action: string, resource: string, context?: AwsRequest["context"]): AwsRequest => ({
  action,
  resource,
  ...(context && { context }),
});

/** A call for each kind of thing that the stacks are made of: how it is made, changed and removed. */
const needed: readonly AwsRequest[] = [
  request("ec2:CreateVpc", regional("ec2", "vpc/vpc-1"), withTag),
  request("ec2:DeleteVpc", regional("ec2", "vpc/vpc-1"), tagged),
  request("ec2:TerminateInstances", regional("ec2", "instance/i-1"), tagged),
  request("ec2:ReleaseAddress", regional("ec2", "elastic-ip/eipalloc-1"), tagged),
  request("ec2:RevokeSecurityGroupIngress", regional("ec2", "security-group/sg-default")),
  request("ec2:DescribeSubnets", "*"),
  request("eks:CreateCluster", "*", withTag),
  request("eks:DeleteCluster", regional("eks", "cluster/spark-platform-prod")),
  request("eks:CreateAccessEntry", regional("eks", "cluster/spark-platform-dev")),
  request("eks:CreatePodIdentityAssociation", regional("eks", "cluster/spark-platform-dev")),
  request("iam:CreateRole", iam("role/spark-platform/dev/store-jobs-role-1")),
  request("iam:CreateRole", iam("role/cluster-node-role-1")),
  request("iam:AttachRolePolicy", iam("role/spark-platform/dev/cluster-role-1"), {
    "iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
  }),
  request("iam:PassRole", iam("role/spark-platform/dev/registry-role-1"), {
    "iam:PassedToService": "ec2.amazonaws.com",
  }),
  request("iam:CreateInstanceProfile", iam("instance-profile/spark-platform/dev/registry-profile-1")),
  request("iam:CreateAccessKey", iam("user/spark-platform/dev/store-jobs-1")),
  request("s3:PutBucketPolicy", "arn:aws:s3:::spark-platform-dev-2026"),
  request("s3:PutObject", "arn:aws:s3:::spark-platform-dev-2026/events/"),
  request("logs:CreateLogGroup", regional("logs", "log-group:/aws/eks/spark-platform-dev/cluster")),
  request("ssm:PutParameter", regional("ssm", "parameter/spark-platform/dev/registry/htpasswd")),
  request("acm:RequestCertificate", "*", withTag),
  request("acm:DescribeCertificate", regional("acm", "certificate/1")),
  request("cognito-idp:UpdateUserPool", regional("cognito-idp", "userpool/eu-central-1_1"), tagged),
  request("kms:CreateKey", "*", withTag),
  request("kms:CreateGrant", regional("kms", "key/1"), tagged),
  request("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1"),
  request("s3:PutObject", "arn:aws:s3:::example-org-pulumi-state/.pulumi/stacks/spark-platform/dev.json"),
  request("kms:Decrypt", regional("kms", "key/1"), { "kms:ResourceAliases": ["alias/pulumi-state"] }),
];

/** What would let whoever has the pipeline take the account, or what is not the platform's. */
const never: readonly AwsRequest[] = [
  request("iam:CreateUser", iam("user/somebody")),
  request("iam:CreateAccessKey", iam("user/somebody")),
  request("iam:PutRolePolicy", iam("role/spark-platform-deploy")),
  request("iam:UpdateAssumeRolePolicy", iam("role/spark-platform-deploy")),
  request("iam:AttachRolePolicy", iam("role/spark-platform/dev/store-jobs-role-1"), {
    "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess",
  }),
  request("iam:PassRole", iam("role/admin"), { "iam:PassedToService": "ec2.amazonaws.com" }),
  request("iam:PassRole", iam("role/spark-platform/dev/registry-role-1"), {
    "iam:PassedToService": "lambda.amazonaws.com",
  }),
  request("iam:CreatePolicy", iam("policy/a")),
  request("sts:AssumeRole", iam("role/admin")),
  request("ec2:TerminateInstances", regional("ec2", "instance/i-1"), {
    "aws:ResourceTag/project": "another",
  }),
  request("ec2:CreateVpc", regional("ec2", "vpc/vpc-1")),
  request("ec2:AuthorizeSecurityGroupIngress", regional("ec2", "security-group/sg-1"), {
    "aws:ResourceTag/project": "another",
  }),
  request("eks:DeleteCluster", regional("eks", "cluster/another")),
  request("s3:GetObject", "arn:aws:s3:::another-bucket/a"),
  request("s3:DeleteBucket", "arn:aws:s3:::example-org-pulumi-state"),
  request("ssm:GetParameter", regional("ssm", "parameter/another")),
  request("kms:ScheduleKeyDeletion", regional("kms", "key/1"), {
    "kms:ResourceAliases": ["alias/pulumi-state"],
  }),
  request("kms:Decrypt", regional("kms", "key/1"), tagged),
  request("cognito-idp:DeleteUserPool", regional("cognito-idp", "userpool/eu-central-1_1")),
];

/** A key's own policy as it is by default: the account's identities, as far as IAM lets them. */
const keyPolicy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: iam("root") }, Action: "kms:*", Resource: "*" }],
};

async function isAllowed(each: AwsRequest): Promise<boolean> {
  const ofKey = each.action.startsWith("kms:") && each.resource !== "*";
  return allowed(policy, each, ofKey ? keyPolicy : undefined);
}

describe("the deploy pipeline's role", () => {
  it("may do what an up and a destroy of a stack do", async () => {
    const refused: string[] = [];
    for (const each of needed) if (!(await isAllowed(each))) refused.push(`${each.action} ${each.resource}`);
    assert.deepEqual(refused, []);
  });

  it("cannot take the account, nor touch what is not the platform's", async () => {
    const admitted: string[] = [];
    for (const each of never) if (await isAllowed(each)) admitted.push(`${each.action} ${each.resource}`);
    assert.deepEqual(admitted, []);
  });

  it("names each action whole, and every resource but where docs/deploy.md says why not", () => {
    const guide = readFileSync(path.join(projectFolder, "docs/deploy.md"), "utf8");
    for (const statement of policy.Statement) {
      const actions = [recordAt(statement)["Action"]].flat().map(String);
      for (const action of actions) assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/);
      const resources = [recordAt(statement)["Resource"]].flat().map(String);
      const sid = String(at(statement, "Sid"));
      if (resources.some((arn) => arn === "*" || /[:/]\*$/.test(arn)))
        assert.ok(guide.includes(`\`${sid}\``), `${sid} has a wildcard that docs/deploy.md does not explain`);
    }
  });

  it("fits into managed policies, of which each takes 6,144 characters", () => {
    for (const file of files) assert.ok(JSON.stringify(read(file)).length <= 6144, file);
  });
});

test("a role is taken by its own environment of this repository alone", () => {
  const trusts = readdirSync(folder).filter((file) => file.endsWith("-trust.json"));
  assert.deepEqual(trusts, ["deploy-trust.json", "preview-trust.json"]);
  for (const file of trusts) {
    const [statement, ...more] = listAt(read(file), "Statement");
    assert.deepEqual(more, []);
    const { StringEquals: equals, ...others } = recordAt(statement, "Condition");
    assert.deepEqual(others, {});
    const subject = recordAt(equals)["token.actions.githubusercontent.com:sub"];
    const environment = file.startsWith("deploy") ? "dev" : "dev-preview";
    assert.equal(subject, `repo:example-org/spark-platform:environment:${environment}`);
  }
});

test("what docs/deploy.md names is there, and what a stack's file must have changed is told", () => {
  const guide = readFileSync(path.join(projectFolder, "docs/deploy.md"), "utf8");
  const links = [...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
  assert.ok(links.length >= 5);
  for (const link of links) assert.ok(existsSync(path.join(projectFolder, "docs", link)), link);
  for (const file of readdirSync(folder)) assert.ok(guide.includes(`deploy/${file}`), file);
  for (const stack of ["dev", "prod"])
    for (const admin of listAt(stackFile(stack), "cluster", "admins").map(String))
      assert.match(guide, new RegExp(admin.replace(/^.*:role\//, "role/")));
});

test("the costs in docs/deploy.md come to their sum", () => {
  const guide = readFileSync(path.join(projectFolder, "docs/deploy.md"), "utf8");
  const [, table = ""] = guide.split("## What an idle dev stack costs");
  const amounts = [...table.matchAll(/^\|.*\| *(\d+\.\d\d) *\|$/gm)].map(([, amount]) => Number(amount));
  assert.equal(amounts.length, 12);
  const sum = /\*\*(\d+\.\d\d)\*\*/.exec(table)?.[1];
  assert.equal(amounts.reduce((all, amount) => all + amount, 0).toFixed(2), sum);
});
