import { createHash } from "node:crypto";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { image, scriptEnvironment, scriptFiles, scriptJob, type BucketAdmin } from "./bucket-admin.ts";
import { prefixes, type S3Endpoint } from "./object-store.ts";
import type { PolicyDocument } from "./permissions.ts";

const script = "setup-bucket.sh";

/** The keys may make the bucket, write objects, and set the policy if there is one. */
export interface BucketSetupArgs extends BucketAdmin {
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
  const environment = endpoint.apply(({ url }) => scriptEnvironment(args.bucket, url));
  const setupName = pulumi
    .all([plan, environment])
    .apply((all) => `bucket-setup-${digest(JSON.stringify([image, ...all]))}`);
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
      spec: scriptJob({
        script,
        filesName: files.metadata.name,
        environment,
        keysName: args.keysName,
      }),
    },
    opts,
  );
}

/** What setup-bucket.sh finds beside itself, by file name. */
export function setupFiles(
  endpoint: S3Endpoint,
  objects: Readonly<Record<string, string>>,
  policy: PolicyDocument | undefined,
): Record<string, string> {
  const markers = Object.values(prefixes).map((prefix) => [prefix, ""] as const);
  const files = [...markers, ...Object.entries(objects)].map(
    ([key, text], index) => [`object-${index}`, text, key] as const,
  );
  return {
    ...scriptFiles(script, endpoint),
    "objects.tsv": files.map(([file, , key]) => `${file}\t${key}\n`).join(""),
    ...Object.fromEntries(files.map(([file, text]) => [file, text])),
    ...(policy && { "policy.json": JSON.stringify(policy) }),
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
