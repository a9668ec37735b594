import { bucketTlsOnly } from "../../../policy/rules/tls-only.ts";
import { bucket, ofBucket, type RuleCases } from "../declare.ts";

const refusal = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::store", "arn:aws:s3:::store/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const grant = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:user/a" },
  Action: "s3:GetObject",
};
const document = (...statements: readonly unknown[]) => ({ Version: "2012-10-17", Statement: statements });
const withPolicy = (policy: unknown) => [bucket, ofBucket("aws:s3/bucketPolicy:BucketPolicy", { policy })];
const wrong = (name: string, change: Readonly<Record<string, unknown>>) => ({
  name,
  stack: withPolicy(JSON.stringify(document(grant, { ...refusal, ...change }))),
  says: [/^BucketPolicy bucketpolicy: no statement refuses requests without TLS; expected: a statement/],
});

export const tlsOnlyCases: RuleCases = {
  rule: bucketTlsOnly,
  right: [
    { name: "a refusal among grants", stack: withPolicy(JSON.stringify(document(grant, refusal))) },
    { name: "the same as an object", stack: withPolicy(document(grant, refusal)) },
    {
      name: "the same in other words",
      stack: withPolicy({
        Statement: {
          ...refusal,
          Principal: { AWS: ["*"] },
          Action: ["s3:*"],
          Condition: { Bool: { "aws:SecureTransport": false } },
        },
      }),
    },
  ],
  wrong: [
    { name: "no policy", stack: [bucket], says: [/^no BucketPolicy refers to the bucket/] },
    wrong("it allows", { Effect: "Allow" }),
    wrong("it refuses some", { Principal: { AWS: "arn:aws:iam::111122223333:root" } }),
    wrong("it refuses to read alone", { Action: ["s3:GetObject"] }),
    wrong("it leaves out the objects", { Resource: ["arn:aws:s3:::store"] }),
    wrong("it leaves out the bucket", { Resource: ["arn:aws:s3:::store/*"] }),
    wrong("it refuses TLS", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    wrong("it has no condition", { Condition: undefined }),
    wrong("a second operator makes it refuse less", {
      Condition: { ...refusal.Condition, StringEquals: { "aws:SourceVpc": "vpc-1" } },
    }),
    wrong("a second key makes it refuse less", {
      Condition: { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } },
    }),
    { name: "a text that is not JSON", stack: withPolicy("{"), says: [/no statement refuses/] },
  ],
};
