import type * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { ExistingStore } from "./existing-store.ts";
import type { PurposeKeys } from "./generated-keys.ts";
import { InClusterStore } from "./in-cluster-store.ts";
import type { ObjectStore, S3Keys } from "./object-store.ts";
import type { DataVolume } from "./data-volume.ts";

interface CommonStorage {
  readonly bucket: string;
  readonly region: string;
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
}

/** Which store the platform uses. */
export type StorageConfig =
  | (CommonStorage & { readonly kind: "in-cluster"; readonly volume: DataVolume })
  | (CommonStorage & {
      readonly kind: "existing";
      readonly endpoint: string;
      readonly pathStyle: boolean;
      readonly adminKeys: S3Keys;
      readonly keys: PurposeKeys;
    });

/** The store that the configuration asks for. */
export function createObjectStore(
  name: string,
  config: StorageConfig,
  dns: ClusterDns,
  opts: pulumi.ComponentResourceOptions,
): ObjectStore {
  if (config.kind === "in-cluster") return new InClusterStore(name, { ...config, dns }, opts);
  const endpoint = { url: config.endpoint, region: config.region, pathStyle: config.pathStyle };
  return new ExistingStore(name, { ...config, endpoint, dns }, opts);
}
