import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it, test } from "node:test";

import { awsGraph, policies } from "../aws/aws-graph.ts";
import { projectFolder, stackFile } from "../support/graph.ts";
import { allowed, matches, type AwsRequest } from "../support/iam.ts";
import { at, listAt, parseJson, recordAt } from "../../local/kube/json.ts";

const folder = path.join(projectFolder, "docs/deploy");
const read = (name: string): unknown => parseJson(readFileSync(path.join(folder, name), "utf8"));
/** What the role of the deploy pipeline has, attached as so many policies since one takes 6,144 characters. */
const files = ["network-policy.json", "identity-policy.json", "platform-policy.json", "state-policy.json"];
const policy = { Version: "2012-10-17", Statement: files.flatMap((file) => listAt(read(file), "Statement")) };

const account = "111122223333";
const regional = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-central-1:${account}:${resource}`;
const iam = (resource: string): string => `arn:aws:iam::${account}:${resource}`;
/** What no role and no user that the pipeline gives rights to may go beyond. */
const boundary = iam("policy/spark-platform-boundary");
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
  request("ec2:CreateTags", regional("ec2", "security-group/sg-default"), withTag),
  request("ec2:RevokeSecurityGroupIngress", regional("ec2", "security-group/sg-default"), tagged),
  request("ec2:RunInstances", regional("ec2", "instance/i-1"), withTag),
  request("ec2:RunInstances", regional("ec2", "volume/vol-1")),
  request("ec2:DescribeSubnets", "*"),
  request("eks:CreateCluster", "*", withTag),
  request("eks:DeleteCluster", regional("eks", "cluster/spark-platform-prod")),
  request("eks:CreateAccessEntry", regional("eks", "cluster/spark-platform-dev")),
  request("eks:CreatePodIdentityAssociation", regional("eks", "cluster/spark-platform-dev")),
  request("iam:CreateRole", iam("role/spark-platform/dev/store-jobs-role-1")),
  request("iam:CreateRole", iam("role/cluster-node-role-1")),
  request("iam:PutRolePolicy", iam("role/spark-platform/dev/store-jobs-role-1"), {
    "iam:PermissionsBoundary": boundary,
  }),
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
  request("kms:TagResource", regional("kms", "key/new"), withTag),
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
  request("iam:PutRolePolicy", iam("role/spark-platform/dev/store-jobs-role-1")),
  request("iam:PutRolePolicy", iam("role/cluster-node-role-1"), {
    "iam:PermissionsBoundary": boundary,
  }),
  request("iam:PutUserPolicy", iam("user/spark-platform/dev/store-jobs-1"), {
    "iam:PermissionsBoundary": iam("policy/another"),
  }),
  request("iam:CreatePolicy", iam("policy/a")),
  request("iam:CreatePolicyVersion", boundary),
  request("iam:DeleteRolePermissionsBoundary", iam("role/spark-platform/dev/store-jobs-role-1")),
  request("ec2:RevokeSecurityGroupIngress", regional("ec2", "security-group/sg-1"), {
    "aws:ResourceTag/project": "another",
  }),
  request("kms:TagResource", regional("kms", "key/1"), {
    ...withTag,
    "kms:ResourceAliases": ["alias/pulumi-state"],
  }),
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
      for (const action of texts(statement, "Action")) assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/);
      const resources = texts(statement, "Resource");
      const sid = String(at(statement, "Sid"));
      if (resources.some((arn) => arn === "*" || /[:/]\*$/.test(arn)))
        assert.ok(guide.includes(`\`${sid}\``), `${sid} has a wildcard that docs/deploy.md does not explain`);
    }
  });

  it("fits into managed policies, of which each takes 6,144 characters", () => {
    for (const file of files) assert.ok(JSON.stringify(read(file)).length <= 6144, file);
  });
});

test("whoever previews reads the state and changes nothing of it", async () => {
  const reader = read("state-read-policy.json");
  const state = "arn:aws:s3:::example-org-pulumi-state/.pulumi/stacks/spark-platform/dev.json";
  assert.equal(await allowed(reader, request("s3:GetObject", state)), true);
  for (const action of ["s3:PutObject", "s3:DeleteObject"])
    assert.equal(await allowed(reader, request(action, state)), false, action);
});

for (const stack of ["dev", "prod"] as const) {
  test(`the boundary leaves every role and user of ${stack} the rights that the stack gives it`, async () => {
    const graph = await awsGraph(stack);
    const limit = read("boundary.json");
    const given = policies(graph).filter(({ of }) => /aws:iam\/(role|user)Policy:/.test(of.type));
    assert.ok(given.length >= 5);
    const refused = given.flatMap(({ of, text }) =>
      listAt(parseJson(text), "Statement")
        .flatMap((statement) => product(texts(statement, "Action"), texts(statement, "Resource")))
        .filter(([action, arn]) => !covers(limit, action, arn))
        .map((right) => `${of.name}: ${right.join(" ")}`),
    );
    assert.deepEqual(refused, []);
  });

  test(`each role and user of ${stack} with rights of the stack's own has the boundary`, async () => {
    const graph = await awsGraph(stack);
    const owners = [...graph.all("aws:iam/role:Role"), ...graph.all("aws:iam/user:User")].filter(
      ({ name }) => !name.startsWith("cluster-"),
    );
    assert.ok(owners.length >= 5);
    for (const { name, inputs } of owners)
      assert.equal(inputs["permissionsBoundary"], at(stackFile(stack), "aws", "permissionsBoundary"), name);
  });
}

/** The texts of a field that IAM lets be one or a list. */
function texts(statement: unknown, field: string): readonly string[] {
  return [recordAt(statement)[field]].flat().map(String);
}

function product(
  actions: readonly string[],
  arns: readonly string[],
): readonly (readonly [string, string])[] {
  return actions.flatMap((action) => arns.map((arn) => [action, arn] as const));
}

/** Whether a policy has the action for all that the ARN stands for. */
function covers(limit: unknown, action: string, arn: string): boolean {
  return listAt(limit, "Statement").some(
    (statement) =>
      texts(statement, "Action").includes(action) &&
      texts(statement, "Resource").some((pattern) => matches(pattern, arn)),
  );
}

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
