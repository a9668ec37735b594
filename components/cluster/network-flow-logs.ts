import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { bounded, iamPath } from "../iam.ts";
import { label } from "./network-subnets.ts";

export interface FlowLogsArgs {
  readonly vpc: aws.ec2.Vpc;
  readonly retentionDays: number;
  /** ARN of the policy that their role may not go beyond. Default: none. */
  readonly permissionsBoundary: string | undefined;
}

/**
 * Who talked to whom in the VPC, accepted and refused, in a CloudWatch log group that only these logs go to.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export function flowLogs(
  name: string,
  { vpc, retentionDays, permissionsBoundary }: FlowLogsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.FlowLog {
  const group = new aws.cloudwatch.LogGroup(name, { retentionInDays: retentionDays }, opts);
  const role = new aws.iam.Role(
    name,
    {
      path: iamPath(),
      ...bounded(permissionsBoundary),
      assumeRolePolicy: pulumi.jsonStringify(trustPolicy(vpc)),
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.name, policy: pulumi.jsonStringify(deliveryPolicy(group.arn)) },
    opts,
  );
  return new aws.ec2.FlowLog(
    name,
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: label("flow-logs") },
    },
    { ...opts, dependsOn: [policy] },
  );
}

/** The service for flow logs of this account and region alone, not for another account's that names the role. */
function trustPolicy({ arn, ownerId }: aws.ec2.Vpc): object {
  // The flow log's own id is not known before it has the role.
  const source = arn.apply((vpcArn) => vpcArn.replace(/:vpc\/.*$/, ":vpc-flow-log/*"));
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": ownerId },
          ArnLike: { "aws:SourceArn": source },
        },
      },
    ],
  };
}

function deliveryPolicy(groupArn: pulumi.Output<string>): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:PutLogEvents",
        ],
        // The group's streams, which the service names.
        Resource: [groupArn, pulumi.interpolate`${groupArn}:*`],
      },
    ],
  };
}
