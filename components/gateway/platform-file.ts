import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../../gateway/src/platform.ts";
import type { TeamRuntime } from "../../jobs/job-runtime.ts";
import type { ObjectStore, S3Endpoint } from "../storage/object-store.ts";

export interface PlatformFileArgs extends Pick<
  Platform,
  "jobDefaults" | "versions" | "limits" | "serviceAccounts"
> {
  /** The cluster's name, as users know it. */
  readonly cluster: string;
  readonly teams: readonly TeamRuntime[];
  /** Addresses of pages. Undefined: there are no pages. */
  readonly pages: Platform["pages"] | undefined;
  readonly store: ObjectStore;
}

/** The text of the file that tells the gateway about the platform. No secret is in it. */
export function platformFile(args: PlatformFileArgs): pulumi.Output<string> {
  const { teams, pages, store, cluster, jobDefaults, versions, limits, serviceAccounts } = args;
  return pulumi
    .all([
      pulumi.all(teams.map(({ runtime }) => runtime.platform)),
      store.bucket,
      store.access("gateway").endpoint,
    ])
    .apply(([platforms, bucket, endpoint]) => {
      const platform: Platform = {
        cluster,
        namespaces: Object.fromEntries(platforms.map((each) => [each.namespace, each])),
        jobDefaults,
        versions,
        ...(pages !== undefined && { pages }),
        limits,
        serviceAccounts,
        storage: {
          bucket,
          ...storageEndpoint(endpoint),
          uploads: store.reach === "cluster" ? "gateway" : "store",
        },
      };
      return JSON.stringify(platform, null, 2);
    });
}

function storageEndpoint({ url, region, pathStyle }: S3Endpoint): {
  readonly endpoint?: string;
  readonly region: string;
  readonly pathStyle: boolean;
} {
  return { ...(url !== undefined && { endpoint: url }), region, pathStyle };
}
