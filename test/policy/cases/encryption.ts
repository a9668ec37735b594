import {
  bucketEncrypted,
  clusterSecretsEncrypted,
  parametersSecure,
  volumesEncrypted,
} from "../../../policy/rules/encryption.ts";
import { bucket, declare, ofBucket, type RuleCases } from "../declare.ts";

const encryption = (rules: unknown) =>
  ofBucket("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
    rules,
  });
const algorithm = (sseAlgorithm: string) => [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }];
const cluster = (encryptionConfig?: unknown) => declare("aws:eks/cluster:Cluster", { encryptionConfig });
const parameter = (inputs: Readonly<Record<string, unknown>>) =>
  declare("aws:ssm/parameter:Parameter", inputs);
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/1";

export const encryptionCases: readonly RuleCases[] = [
  {
    rule: bucketEncrypted,
    right: [
      { name: "a key of S3", stack: [bucket, encryption(algorithm("AES256"))] },
      { name: "a key of the account", stack: [bucket, encryption(algorithm("aws:kms"))] },
    ],
    wrong: [
      {
        name: "a bucket that does not say",
        stack: [bucket],
        says: [/^no BucketServerSideEncryptionConfiguration refers to the bucket/],
      },
      {
        name: "rules without an algorithm",
        stack: [bucket, encryption([{ bucketKeyEnabled: true }])],
        says: [/no rule names an algorithm/],
      },
      { name: "no rules", stack: [bucket, encryption(undefined)], says: [/no rule names an algorithm/] },
    ],
  },
  {
    rule: volumesEncrypted,
    right: [
      {
        name: "encrypted ones",
        stack: [
          declare("aws:ebs/volume:Volume", { encrypted: true }),
          declare("aws:ec2/instance:Instance", {
            rootBlockDevice: { encrypted: true },
            ebsBlockDevices: [{ encrypted: true }],
          }),
          declare("aws:ec2/launchTemplate:LaunchTemplate", {
            blockDeviceMappings: [{ ebs: { encrypted: "true" } }],
          }),
        ],
      },
    ],
    wrong: [
      {
        name: "one of each that is not, or does not say",
        stack: [
          declare("aws:ebs/volume:Volume"),
          declare("aws:ec2/instance:Instance", {
            ebsBlockDevices: [{ encrypted: true }, { encrypted: false }],
          }),
          declare("aws:ec2/launchTemplate:LaunchTemplate", {
            blockDeviceMappings: [{ ebs: { encrypted: "false" } }],
          }),
        ],
        says: [
          /^encrypted: is undefined; expected: true/,
          /^rootBlockDevice\.encrypted: is undefined/,
          /^ebsBlockDevices\[1\]\.encrypted: is false/,
          /^blockDeviceMappings\[0\]\.ebs\.encrypted: is "false"/,
        ],
      },
    ],
  },
  {
    rule: clusterSecretsEncrypted,
    right: [
      {
        name: "a key for the secrets",
        stack: [cluster({ resources: ["secrets"], provider: { keyArn } })],
      },
    ],
    wrong: [
      { name: "no key", stack: [cluster()], says: [/^encryptionConfig: no key of the stack/] },
      { name: "a key for nothing", stack: [cluster({ provider: { keyArn } })], says: [/no key/] },
      { name: "secrets without a key", stack: [cluster({ resources: ["secrets"] })], says: [/no key/] },
    ],
  },
  {
    rule: parametersSecure,
    right: [
      { name: "a SecureString", stack: [parameter({ type: "SecureString", value: "x" })] },
      { name: "a text that is no secret", stack: [parameter({ type: "String", insecureValue: "x" })] },
    ],
    wrong: [
      {
        name: "a text that may be a secret",
        stack: [parameter({ type: "String", value: "x" }), parameter({ type: "StringList", value: "x,y" })],
        says: [
          /^type: "String" is not encrypted; expected: "SecureString", or insecureValue/,
          /"StringList"/,
        ],
      },
    ],
  },
];
