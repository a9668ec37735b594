import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { prefixes, type S3Keys } from "./object-store.ts";
import type { PolicyDocument } from "./permissions.ts";
import type { S3Endpoint } from "./s3-access.ts";

const script = readFileSync(new URL("setup_bucket.py", import.meta.url), "utf8");
export const setupLabels = {
  "app.kubernetes.io/name": "bucket-setup",
  "app.kubernetes.io/part-of": "spark-platform",
};
/** uid and gid of Spark's images. */
const userId = 185;

/** What every kind of store is given to fill its bucket. */
export interface BucketContents {
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
  /** Our Spark image, which sets the bucket up. */
  readonly setupImage: string;
  /** Docker configuration (JSON) with the credentials of the image registry. Default: images need none. */
  readonly dockerConfig?: pulumi.Input<string> | undefined;
}

export interface BucketSetupArgs {
  readonly namespace: pulumi.Input<string>;
  /** Our Spark image: it has Python and Amazon's SDK. */
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly endpoint: pulumi.Input<S3Endpoint>;
  readonly bucket: string;
  /** Keys that may make the bucket, write objects, and set the policy if there is one. */
  readonly keys: S3Keys;
  /** The bucket policy to set. Default: the policy is left as it is. */
  readonly policy?: pulumi.Input<PolicyDocument> | undefined;
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
}

/**
 * Makes the bucket, the marker of each prefix, the bucket policy and the given objects, in a pod, since the store
 * may be reachable from the cluster alone. Idempotent; it runs again, under a new name, when anything of it changes.
 */
export function bucketSetup(
  name: string,
  args: BucketSetupArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  const plan = pulumi.all([args.endpoint, args.policy]).apply(([endpoint, policy]) =>
    JSON.stringify({
      endpoint: endpoint.url,
      region: endpoint.region,
      pathStyle: endpoint.pathStyle,
      bucket: args.bucket,
      markers: Object.values(prefixes),
      objects: args.objects,
      policy,
    }),
  );
  const setupName = plan.apply((text) => `bucket-setup-${digest(script + args.image + text)}`);
  const keys = new k8s.core.v1.Secret(
    `${name}-setup-keys`,
    {
      metadata: { name: "bucket-setup", namespace: args.namespace },
      stringData: {
        AWS_ACCESS_KEY_ID: args.keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: args.keys.secretAccessKey,
      },
    },
    opts,
  );
  const files = new k8s.core.v1.ConfigMap(
    `${name}-setup`,
    {
      metadata: { name: setupName, namespace: args.namespace },
      immutable: true,
      data: { "setup_bucket.py": script, "plan.json": plan },
    },
    opts,
  );
  return new k8s.batch.v1.Job(
    `${name}-setup`,
    {
      metadata: {
        name: setupName,
        namespace: args.namespace,
        // One that failed is replaced by the next `up`: a Job never tries again by itself.
        annotations: { "pulumi.com/replaceUnready": "true" },
      },
      spec: {
        // The SDK has its own retries; a store that is wrong should say so at once.
        backoffLimit: 0,
        template: {
          metadata: { labels: setupLabels },
          spec: podSpec(args, keys.metadata.name, files.metadata.name),
        },
      },
    },
    opts,
  );
}

function podSpec(
  args: BucketSetupArgs,
  keysName: pulumi.Output<string>,
  filesName: pulumi.Output<string>,
): k8s.types.input.core.v1.PodSpec {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: args.imagePullSecrets.map((secret) => ({ name: secret })),
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "setup",
        image: args.image,
        command: ["/opt/spark/bin/spark-submit", "--master=local[1]", "/opt/setup/setup_bucket.py"],
        envFrom: [{ secretRef: { name: keysName } }],
        resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "setup", mountPath: "/opt/setup", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "setup", configMap: { name: filesName } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
