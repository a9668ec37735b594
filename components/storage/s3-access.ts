import * as pulumi from "@pulumi/pulumi";

import type { S3Access, S3Endpoint, S3Keys, S3Purpose } from "./object-store.ts";

/**
 * Where S3A finds who it is.
 * - `keys`: variables of the environment alone. Hadoop 3.3 wants this name; 3.4 maps it to its SDK v2 twin (hadoop-aws:
 *   CredentialProviderListFactory), so that it serves every row of images/versions.ts.
 * - `pod-identity`: EKS's agent on the node, which the SDK v2 knows, of Hadoop 3.4. Its ContainerCredentialsProvider
 *   alone would do, but S3A cannot make one (it has a builder only), and Hadoop's IAMInstanceCredentialsProvider turns to
 *   the node's role for good once the agent fails to answer. The SDK's chain stays with what has worked.
 */
const credentialsProviders = {
  keys: "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
  "pod-identity": "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider",
};

/** Ends the SDK's chain before a node's role. */
const noNodeRole = { AWS_EC2_METADATA_DISABLED: "true" };

/** Spark properties that reach the endpoint. */
export function s3aConf(
  endpoint: S3Endpoint,
  identity: keyof typeof credentialsProviders,
): Record<string, string> {
  return {
    "spark.hadoop.fs.s3a.aws.credentials.provider": credentialsProviders[identity],
    "spark.hadoop.fs.s3a.endpoint.region": endpoint.region,
    // Hadoop 3.3 deletes the markers of parent folders on every write: `events/` would be gone after the first job,
    // and jobs would need the right to delete it. 3.4 keeps them by default.
    "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
    ...(endpoint.url !== undefined && {
      "spark.hadoop.fs.s3a.endpoint": endpoint.url,
      "spark.hadoop.fs.s3a.connection.ssl.enabled": String(endpoint.url.startsWith("https:")),
    }),
    ...(endpoint.pathStyle && { "spark.hadoop.fs.s3a.path.style.access": "true" }),
  };
}

/** Access by a key pair that lies in a Kubernetes secret named `s3-PURPOSE`. */
export function keyAccess(purpose: S3Purpose, keys: S3Keys, endpoint: pulumi.Input<S3Endpoint>): S3Access {
  const secret = `s3-${purpose}`;
  return {
    purpose,
    endpoint: pulumi.output(endpoint),
    sparkConf: pulumi.output(endpoint).apply((store) => s3aConf(store, "keys")),
    env: {},
    keys: {
      secret: {
        name: secret,
        data: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
      },
      secretEnv: {
        AWS_ACCESS_KEY_ID: { secret, key: "AWS_ACCESS_KEY_ID" },
        AWS_SECRET_ACCESS_KEY: { secret, key: "AWS_SECRET_ACCESS_KEY" },
      },
    },
    bind: () => [],
  };
}

/** Access by the identity of a service account, on EKS. `bind` is what gives an account the identity. */
export function podAccess(purpose: S3Purpose, endpoint: S3Endpoint, bind: S3Access["bind"]): S3Access {
  return {
    purpose,
    endpoint: pulumi.output(endpoint),
    sparkConf: pulumi.output(s3aConf(endpoint, "pod-identity")),
    env: noNodeRole,
    keys: undefined,
    bind,
  };
}
