import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { prefixes, type S3Endpoint, type S3Keys } from "./object-store.ts";
import type { PolicyDocument } from "./permissions.ts";

/**
 * A public image, and none of ours: the stack's registry keeps its images in the bucket that is made here.
 * https://docs.aws.amazon.com/cli/latest/userguide/getting-started-docker.html
 */
const image = "docker.io/amazon/aws-cli:2.37.5";
const script = readFileSync(new URL("setup-bucket.sh", import.meta.url), "utf8");
const folder = "/opt/setup";
const userId = 65532;
export const setupLabels = {
  "app.kubernetes.io/name": "bucket-setup",
  "app.kubernetes.io/part-of": "spark-platform",
};

export interface BucketSetupArgs {
  readonly namespace: pulumi.Input<string>;
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
  const endpoint = pulumi.output(args.endpoint);
  const plan = pulumi
    .all([endpoint, args.policy])
    .apply(([store, policy]) => setupFiles(store, args.objects, policy));
  const environment = endpoint.apply(({ url }) => setupEnvironment(args.bucket, url));
  const setupName = pulumi
    .all([plan, environment])
    .apply((all) => `bucket-setup-${digest(JSON.stringify([image, ...all]))}`);
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
    { metadata: { name: setupName, namespace: args.namespace }, immutable: true, data: plan },
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
        // The CLI has its own retries; a store that is wrong should say so at once.
        backoffLimit: 0,
        template: {
          metadata: { labels: setupLabels },
          spec: podSpec(environment, keys.metadata.name, files.metadata.name),
        },
      },
    },
    opts,
  );
}

/** What setup-bucket.sh finds beside itself, by file name. */
export function setupFiles(
  { region, pathStyle }: S3Endpoint,
  objects: Readonly<Record<string, string>>,
  policy: PolicyDocument | undefined,
): Record<string, string> {
  const markers = Object.values(prefixes).map((prefix) => [prefix, ""] as const);
  const files = [...markers, ...Object.entries(objects)].map(
    ([key, text], index) => [`object-${index}`, text, key] as const,
  );
  const style = pathStyle ? "path" : "virtual";
  return {
    "setup-bucket.sh": script,
    "aws-config": `[default]\nregion = ${region}\ns3 =\n  addressing_style = ${style}\n`,
    "objects.tsv": files.map(([file, , key]) => `${file}\t${key}\n`).join(""),
    ...Object.fromEntries(files.map(([file, text]) => [file, text])),
    ...(policy && { "policy.json": JSON.stringify(policy) }),
  };
}

function setupEnvironment(bucket: string, endpoint: string | undefined): k8s.types.input.core.v1.EnvVar[] {
  return [
    // The CLI writes there.
    { name: "HOME", value: "/tmp" },
    { name: "BUCKET", value: bucket },
    ...(endpoint === undefined ? [] : [{ name: "ENDPOINT", value: endpoint }]),
  ];
}

function podSpec(
  environment: pulumi.Input<k8s.types.input.core.v1.EnvVar[]>,
  keysName: pulumi.Output<string>,
  filesName: pulumi.Output<string>,
): k8s.types.input.core.v1.PodSpec {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "setup",
        image,
        command: ["bash", `${folder}/setup-bucket.sh`],
        env: environment,
        envFrom: [{ secretRef: { name: keysName } }],
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
        securityContext: restrictedContainer,
        // What the script said last is why it failed.
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "setup", mountPath: folder, readOnly: true },
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
