/**
 * Encryption at rest, where it is not so anyway: CloudWatch encrypts every log group, and EKS Auto Mode the volumes of
 * its nodes.
 */
import { describeValue } from "../../jobs/manifest/text.ts";
import { companionViolations } from "../companions.ts";
import type { DeclaredResource, ResourceRule, StackRule } from "../rule.ts";
import { at, entries, mayBe, mayInclude, unknown } from "../values.ts";

/**
 * S3 encrypts new objects by itself. Which key it takes is a decision, and only what the stack declares comes back
 * after somebody has changed it by hand.
 */
export const bucketEncrypted: StackRule = {
  name: "bucket-encrypted",
  description: "Every bucket says how its objects are encrypted.",
  scope: "stack",
  check: (resource, all) =>
    companionViolations(resource, all, {
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      expected:
        "an aws.s3.BucketServerSideEncryptionConfiguration that applies AES256 or aws:kms (aws:kms:dsse) by default",
      check: ({ inputs }) =>
        inputs["rules"] === unknown || entries(inputs["rules"]).some(namesAlgorithm)
          ? []
          : ["no rule names an algorithm"],
    }),
};

function namesAlgorithm(rule: unknown): boolean {
  const algorithm = at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm");
  return mayBe(algorithm, "AES256", "aws:kms", "aws:kms:dsse");
}

/** A volume is as its image says, or its account, where nothing else is said: mostly in plain text. */
export const volumesEncrypted: ResourceRule = {
  name: "volumes-encrypted",
  description: "Every volume is encrypted.",
  scope: "resource",
  check: (resource) =>
    volumesOf(resource)
      .filter(({ encrypted }) => !mayBe(encrypted, true, "true"))
      .map(({ path, encrypted }) => ({
        path,
        problem: `is ${describeValue(encrypted)}`,
        expected: "true",
      })),
};

interface Volume {
  readonly path: string;
  readonly encrypted: unknown;
}

function volumesOf({ type, inputs }: DeclaredResource): readonly Volume[] {
  const list = (field: string, ...path: readonly string[]): readonly Volume[] =>
    entries(inputs[field]).map((each, index) => ({
      path: [`${field}[${index}]`, ...path].join("."),
      encrypted: at(each, ...path),
    }));
  switch (type) {
    case "aws:ebs/volume:Volume":
      return [{ path: "encrypted", encrypted: inputs["encrypted"] }];
    case "aws:ec2/instance:Instance":
      return [
        { path: "rootBlockDevice.encrypted", encrypted: at(inputs, "rootBlockDevice", "encrypted") },
        ...list("ebsBlockDevices", "encrypted"),
      ];
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return list("blockDeviceMappings", "ebs", "encrypted");
    default:
      return [];
  }
}

/**
 * EKS encrypts its store with a key of AWS. With a key of our own, who uses it is logged, and it can be taken away.
 * https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
 */
export const clusterSecretsEncrypted: ResourceRule = {
  name: "cluster-secrets-encrypted",
  description: "A cluster encrypts its secrets with a key of the stack.",
  scope: "resource",
  check({ type, inputs }) {
    if (type !== "aws:eks/cluster:Cluster") return [];
    const config = inputs["encryptionConfig"];
    const ofSecrets = mayInclude(at(config, "resources"), "secrets");
    if (ofSecrets && at(config, "provider", "keyArn") !== undefined) return [];
    return [
      {
        path: "encryptionConfig",
        problem: "no key of the stack encrypts the secrets",
        expected: '{ resources: ["secrets"], provider: { keyArn } }',
      },
    ];
  },
};

/**
 * A parameter of type String is in plain text in the store, and whoever may list parameters reads it. The provider
 * takes `insecureValue` for such: it says openly that the value is no secret.
 */
export const parametersSecure: ResourceRule = {
  name: "parameters-secure",
  description: "A parameter is a SecureString, or says openly that its value is no secret.",
  scope: "resource",
  check({ type, inputs }) {
    if (type !== "aws:ssm/parameter:Parameter" || mayBe(inputs["type"], "SecureString")) return [];
    if (inputs["value"] === undefined) return [];
    return [
      {
        path: "type",
        problem: `${describeValue(inputs["type"])} is not encrypted`,
        expected: '"SecureString", or insecureValue in place of value where it is no secret',
      },
    ];
  },
};
