import assert from "node:assert/strict";
import { test } from "node:test";

import { allowed, type AwsRequest } from "../support/iam.ts";
import { listAt, parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import type { Registration } from "../support/mocks.ts";
import { awsGraph, policies, stacks } from "./aws-graph.ts";

const account = "arn:aws:iam::111122223333";
const request = (action: string, resource = "*"): AwsRequest => ({ action, resource });

/** What would let an identity become another one, reach other stacks, or take the platform apart. */
const never: readonly AwsRequest[] = [
  request("iam:CreateUser", `${account}:user/a`),
  request("iam:CreateAccessKey", `${account}:user/a`),
  request("iam:PutRolePolicy", `${account}:role/a`),
  request("iam:AttachRolePolicy", `${account}:role/a`),
  request("iam:PassRole", `${account}:role/a`),
  request("sts:AssumeRole", `${account}:role/a`),
  request("s3:GetObject", "arn:aws:s3:::another-bucket/datasets/a"),
  request("s3:PutBucketPolicy", "arn:aws:s3:::another-bucket"),
  request("s3:ListAllMyBuckets"),
  request("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/a"),
  request(
    "secretsmanager:GetSecretValue",
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-123456",
  ),
  request("ssm:GetParametersByPath", "arn:aws:ssm:eu-central-1:111122223333:parameter/other"),
  request("eks:DescribeCluster", "arn:aws:eks:eu-central-1:111122223333:cluster/a"),
  request("ec2:TerminateInstances", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1"),
  request("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/ZOTHER"),
  request("logs:DeleteLogGroup", "arn:aws:logs:eu-central-1:111122223333:log-group:a"),
];

/** Who may take each role: a service of AWS, and nobody else. */
const services: Readonly<Record<string, string>> = {
  "cluster-role": "eks.amazonaws.com",
  "cluster-node-role": "ec2.amazonaws.com",
  "network-flow-logs": "vpc-flow-logs.amazonaws.com",
  "registry-role": "ec2.amazonaws.com",
  "store-jobs-role": "pods.eks.amazonaws.com",
  "store-history-role": "pods.eks.amazonaws.com",
  "store-operator-role": "pods.eks.amazonaws.com",
  "store-gateway-role": "pods.eks.amazonaws.com",
};

const ofIdentity = ({ type }: Registration): boolean => /aws:iam\/(role|user)Policy:/.test(type);

for (const stack of stacks) {
  test(`no identity that the stack makes can become another, or reach beyond its own (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const identities = policies(graph).filter(({ of }) => ofIdentity(of));
    assert.ok(identities.length >= 5);
    const wrong: string[] = [];
    for (const { of, text } of identities)
      for (const each of never)
        if (await allowed(parseJson(text), each)) wrong.push(`${of.name}: ${each.action}`);
    assert.deepEqual(wrong, []);
  });

  test(`each role is a service's alone, and what AWS itself wrote it has of EKS alone (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const roles = graph.all("aws:iam/role:Role");
    for (const { name, inputs } of roles) {
      const statements = listAt(parseJson(textAt(inputs, "assumeRolePolicy") ?? ""), "Statement");
      const [statement, ...more] = statements.map((each) => recordAt(each));
      assert.deepEqual(more, [], name);
      assert.deepEqual(statement?.["Principal"], { Service: services[name] }, name);
    }
    for (const { inputs, name } of graph.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
      assert.match(
        textAt(inputs, "policyArn") ?? "",
        /^arn:aws:iam::aws:policy\/(AmazonEKS(Cluster|Compute|BlockStorage|LoadBalancing|Networking|WorkerNodeMinimal)Policy|AmazonEC2ContainerRegistryPullOnly)$/,
        name,
      );
  });
}

test("the VPC's flow logs get into their own group, and nothing else does", async () => {
  const graph = await awsGraph("prod");
  const flow = policies(graph).find(
    ({ of }) => of.type.endsWith(":RolePolicy") && of.name === "network-flow-logs",
  );
  const policy = parseJson(flow?.text ?? "");
  const group = textAt(graph.only("aws:ec2/flowLog:FlowLog").inputs, "logDestination") ?? "";
  const other = group.replace(/log-group:.*/, "log-group:other");
  for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
    assert.equal(await allowed(policy, request(action, `${group}:log-stream:a`)), true, action);
    assert.equal(await allowed(policy, request(action, `${other}:log-stream:a`)), false, action);
  }
});
