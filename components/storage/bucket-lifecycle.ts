import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { prefixes, unfinishedUploadDays } from "./object-store.ts";

/** Days in which what was overwritten or removed can be had again. */
const oldVersionDays = 30;
/** The History Server's cleaner comes first, so that it never shows an application whose log is half gone. */
const eventLogMarginDays = 7;

/**
 * What goes by itself: old versions, unfinished uploads, and event logs that the cleaner has missed.
 * `eventLogMaxAge` is the cleaner's age, in hours (`h`) or days (`d`).
 */
export function bucketLifecycle(
  name: string,
  args: { readonly bucket: aws.s3.Bucket; readonly eventLogMaxAge: string },
  opts: pulumi.CustomResourceOptions,
): aws.s3.BucketLifecycleConfiguration {
  const days = eventLogDays(args.eventLogMaxAge);
  return new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    {
      bucket: args.bucket.id,
      rules: [
        {
          id: "event-logs",
          status: "Enabled",
          // Not the prefix itself: its marker must stay, since no driver starts without it.
          filter: { prefix: `${prefixes.events}eventlog_v2_` },
          expiration: { days },
        },
        {
          id: "old-versions",
          status: "Enabled",
          filter: {},
          noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
          // The mark of an object whose versions have all gone.
          expiration: { expiredObjectDeleteMarker: true },
        },
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: unfinishedUploadDays },
        },
      ],
    },
    opts,
  );
}

/** Days after which S3 removes an event log: later than the cleaner, whatever the cleaner's age. */
export function eventLogDays(maxAge: string): number {
  const amount = Number(maxAge.slice(0, -1));
  return Math.ceil(maxAge.endsWith("h") ? amount / 24 : amount) + eventLogMarginDays;
}
