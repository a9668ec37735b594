import { readFileSync } from "node:fs";

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import type { S3Endpoint, S3Keys } from "./object-store.ts";

/**
 * A public image, and none of ours: the stack's registry keeps its images in the bucket.
 * https://docs.aws.amazon.com/cli/latest/userguide/getting-started-docker.html
 */
export const image = "docker.io/amazon/aws-cli:2.37.5";
const folder = "/opt/bucket";
const userId = 65532;
/** Of every pod with the admin keys: the network policy of the bucket's set-up selects by them (store-network.ts). */
export const bucketAdminLabels = {
  "app.kubernetes.io/name": "bucket-setup",
  "app.kubernetes.io/part-of": "spark-platform",
};

/** A bucket and the admin keys of its store, for pods that work on it: the store may be reachable by them alone. */
export interface BucketAdmin {
  readonly namespace: pulumi.Input<string>;
  readonly endpoint: pulumi.Input<S3Endpoint>;
  readonly bucket: string;
  /** Name of the secret with the keys (adminSecret), in the namespace. */
  readonly keysName: pulumi.Input<string>;
}

/** The admin keys, as the AWS CLI takes them from its environment. */
export function adminSecret(
  name: string,
  namespace: pulumi.Input<string>,
  keys: S3Keys,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    `${name}-setup-keys`,
    {
      metadata: { name: "bucket-setup", namespace },
      stringData: {
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      },
    },
    opts,
  );
}

/** A script of this folder, and what each of them finds beside itself, by file name. */
export function scriptFiles(script: string, { region, pathStyle }: S3Endpoint): Record<string, string> {
  const style = pathStyle ? "path" : "virtual";
  return {
    [script]: textOf(script),
    "aws.sh": textOf("aws.sh"),
    "aws-config": `[default]\nregion = ${region}\ns3 =\n  addressing_style = ${style}\n`,
  };
}

function textOf(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

/** What every script's environment has. */
export function scriptEnvironment(
  bucket: string,
  endpoint: string | undefined,
): k8s.types.input.core.v1.EnvVar[] {
  return [
    // The CLI writes there.
    { name: "HOME", value: "/tmp" },
    { name: "BUCKET", value: bucket },
    ...(endpoint === undefined ? [] : [{ name: "ENDPOINT", value: endpoint }]),
  ];
}

export interface ScriptJob {
  /** File name of the script in the ConfigMap. */
  readonly script: string;
  /** Name of the ConfigMap with the script and what is beside it. */
  readonly filesName: pulumi.Input<string>;
  readonly environment: pulumi.Input<k8s.types.input.core.v1.EnvVar[]>;
  readonly keysName: pulumi.Input<string>;
}

/** A job that runs the script once. */
export function scriptJob(args: ScriptJob): k8s.types.input.batch.v1.JobSpec {
  return {
    // The CLI has its own retries; a store that is wrong should say so at once.
    backoffLimit: 0,
    template: { metadata: { labels: bucketAdminLabels }, spec: podSpec(args) },
  };
}

function podSpec({ script, filesName, environment, keysName }: ScriptJob): k8s.types.input.core.v1.PodSpec {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "script",
        image,
        command: ["bash", `${folder}/${script}`],
        env: environment,
        envFrom: [{ secretRef: { name: keysName } }],
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
        securityContext: restrictedContainer,
        // What the script said last is why it failed.
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "files", mountPath: folder, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "files", configMap: { name: filesName } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
