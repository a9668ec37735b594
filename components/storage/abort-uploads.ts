import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { scriptEnvironment, scriptFiles, scriptJob, type BucketAdmin } from "./bucket-admin.ts";
import { unfinishedUploadDays } from "./object-store.ts";

const script = "abort-uploads.sh";

/**
 * Aborts, once a day, what nobody has finished uploading for as long as S3's lifecycle rule waits (bucket-lifecycle.ts):
 * for a store that has no such rules. The registry's uploads too, which distribution gives up at that age by itself
 * (https://distribution.github.io/distribution/about/configuration/#uploadpurging).
 */
export function abortUploads(
  name: string,
  admin: BucketAdmin,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.CronJob {
  const { namespace, bucket, keysName } = admin;
  const endpoint = pulumi.output(admin.endpoint);
  const files = new k8s.core.v1.ConfigMap(
    `${name}-abort-uploads`,
    {
      metadata: { name: "abort-uploads", namespace },
      data: endpoint.apply((store) => scriptFiles(script, store)),
    },
    opts,
  );
  const environment = endpoint.apply(({ url }) => [
    ...scriptEnvironment(bucket, url),
    { name: "MAX_AGE_DAYS", value: String(unfinishedUploadDays) },
  ]);
  return new k8s.batch.v1.CronJob(
    `${name}-abort-uploads`,
    {
      metadata: { name: "abort-uploads", namespace },
      spec: {
        schedule: "41 3 * * *",
        concurrencyPolicy: "Forbid",
        // The last of each kind tells enough.
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          spec: scriptJob({ script, filesName: files.metadata.name, environment, keysName }),
        },
      },
    },
    opts,
  );
}
