import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * What keeps a bucket's data in and others out: nothing of it is public, the account owns every object, all is
 * encrypted (by S3's own keys: those of KMS would cost a call for each object, and a right for each reader), requests
 * come by TLS alone, and what is overwritten or removed can be had again. Returns all of them.
 */
export function bucketGuards(
  name: string,
  bucket: aws.s3.Bucket,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const of = { bucket: bucket.id };
  const access = new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
  return [
    access,
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      opts,
    ),
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      opts,
    ),
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { ...of, policy: bucket.arn.apply((arn) => JSON.stringify(tlsOnly(arn))) },
      // S3 takes one change of a bucket's access at a time.
      { ...opts, dependsOn: [access] },
    ),
    new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { ...of, versioningConfiguration: { status: "Enabled" } },
      opts,
    ),
  ];
}

/**
 * Refuses every request without TLS, or with a TLS older than 1.2.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function tlsOnly(bucketArn: string): object {
  const refuse = (id: string, condition: object): object => ({
    Sid: id,
    Effect: "Deny",
    // It refuses, so that wildcards mean: whoever asks for whatever.
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: condition,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      refuse("tlsOnly", { Bool: { "aws:SecureTransport": "false" } }),
      refuse("tls12", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    ],
  };
}
