import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import { listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";

const account = "111122223333";
const region = "eu-central-1";

/** Id and computed outputs of a resource in AWS, of the kinds whose outputs somebody uses. */
export function amazon(type: string, name: string, inputs: Fields): { id: string; state: Fields } {
  const id = `${name}-${digest(name, 8)}`;
  const own = textAt(inputs, "name") ?? id;
  const named = inputs["name"] === undefined ? { name: own } : {};
  const arn = (service: string, resource: string): { arn: string } => ({
    arn: `arn:aws:${service}:${service === "iam" ? "" : region}:${account}:${resource}`,
  });
  switch (type) {
    case "aws:acm/certificate:Certificate": {
      const certificate = arn("acm", `certificate/${id}`);
      return {
        id: certificate.arn,
        state: { ...certificate, domainValidationOptions: certificateProofs(inputs) },
      };
    }
    case "aws:cloudwatch/logGroup:LogGroup":
      return { id: own, state: { ...named, ...arn("logs", `log-group:${own}`) } };
    case "aws:cognito/userPool:UserPool": {
      const pool = `${region}_${digest(name, 9)}`;
      return { id: pool, state: { ...named, endpoint: `cognito-idp.${region}.amazonaws.com/${pool}` } };
    }
    case "aws:cognito/userPoolClient:UserPoolClient": {
      const clientSecret = pulumi.secret(digest(`${name}-secret`, 51));
      return { id: digest(name, 26), state: { ...named, clientSecret } };
    }
    case "aws:ec2/eip:Eip":
      return { id, state: { publicIp: `203.0.113.${parseInt(digest(name, 2), 16)}` } };
    case "aws:ec2/subnet:Subnet": {
      const zone = /[1-6]$/.exec(textAt(inputs, "availabilityZoneId") ?? "")?.[0] ?? "1";
      return { id, state: { availabilityZone: `${region}${" abcdef".charAt(Number(zone))}` } };
    }
    case "aws:ec2/vpc:Vpc":
      return { id, state: { ...arn("ec2", `vpc/${id}`), ownerId: account } };
    case "aws:eks/cluster:Cluster":
      return {
        id: own,
        state: {
          ...named,
          ...arn("eks", `cluster/${own}`),
          endpoint: `https://${digest(name, 32).toUpperCase()}.gr7.${region}.eks.amazonaws.com`,
          certificateAuthority: { data: digest(`${name}-ca`, 64) },
          vpcConfig: {
            ...recordAt(inputs, "vpcConfig"),
            clusterSecurityGroupId: `sg-${digest(name, 17)}`,
          },
        },
      };
    case "aws:iam/accessKey:AccessKey":
      return { id, state: { secret: pulumi.secret(digest(name, 40)) } };
    case "aws:iam/role:Role":
      return { id: own, state: { ...named, ...arn("iam", `role/${own}`) } };
    case "aws:kms/key:Key":
      return { id, state: arn("kms", `key/${id}`) };
    case "aws:route53/record:Record":
      return { id, state: { fqdn: textAt(inputs, "name") ?? id } };
    case "aws:route53/zone:Zone": {
      const nameServers = [`ns-1.${digest(name, 4)}.example.net`, `ns-2.${digest(name, 4)}.example.net`];
      return { id, state: { zoneId: `Z${digest(name, 12).toUpperCase()}`, nameServers } };
    }
    case "aws:s3/bucket:Bucket": {
      const prefix = textAt(inputs, "bucketPrefix");
      const made = prefix === undefined ? id : `${prefix}${digest(name, 26)}`;
      const bucket = textAt(inputs, "bucket") ?? made;
      return { id: bucket, state: { bucket, arn: `arn:aws:s3:::${bucket}` } };
    }
    case "aws:ssm/parameter:Parameter": {
      const path = textAt(inputs, "name") ?? `/${id}`;
      return { id: path, state: arn("ssm", `parameter${path}`) };
    }
    default:
      return { id, state: named };
  }
}

/** What ACM wants to find in the DNS: a record for each host, and not in the order of the hosts. */
function certificateProofs(inputs: Fields): readonly Fields[] {
  const hosts = [textAt(inputs, "domainName") ?? "", ...listAt(inputs, "subjectAlternativeNames")];
  return hosts
    .map(String)
    .toReversed()
    .map((domainName) => ({
      domainName,
      resourceRecordName: `_${digest(domainName, 8)}.${domainName}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${digest(`${domainName}-proof`, 8)}.acm-validations.aws.`,
    }));
}

/** Hexadecimal digits that only depend on the seed. */
export function digest(seed: string, length: number): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    text += createHash("sha256").update(`${seed}/${block}`).digest("hex");
  }
  return text.slice(0, length);
}
