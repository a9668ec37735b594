import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import { adminSecret } from "./bucket-admin.ts";
import { bucketSetup } from "./bucket-setup.ts";
import type { PurposeKeys } from "./generated-keys.ts";
import {
  prefixes,
  type ObjectStore,
  type S3Access,
  type S3Endpoint,
  type S3Keys,
  type S3Purpose,
} from "./object-store.ts";
import { keyAccess } from "./s3-access.ts";
import { allowBucketAdmin, externalRule } from "./store-network.ts";

export interface ExistingStoreArgs {
  readonly dns: ClusterDns;
  /** Name of the bucket. It is made if it is not there and the admin keys may make it. */
  readonly bucket: string;
  /** Where the store is, as pods reach it. */
  readonly endpoint: S3Endpoint & { readonly url: string };
  /** Keys that may write objects and, if the bucket is not there, make it. Only the set-up of the bucket uses them. */
  readonly adminKeys: S3Keys;
  /** Keys of each purpose. What each should be allowed is in permissions.ts; the store's owner sees to it. */
  readonly keys: PurposeKeys;
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
}

/**
 * A bucket in an S3-compatible store that somebody else runs. It makes the bucket's prefixes and objects; users and
 * their rights are the store's.
 *
 *     const endpoint = { url: "https://s3.example.org", region: "eu-central-1", pathStyle: true };
 *     const store = new ExistingStore("store", { dns, bucket: "spark", endpoint, adminKeys, keys, objects: {} });
 */
export class ExistingStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly reach = "everywhere";
  readonly region: string;
  readonly eventLogDirectory: pulumi.Output<string>;
  readonly network: ObjectStore["network"];
  readonly ready: readonly pulumi.Resource[];
  readonly #keys: PurposeKeys;
  readonly #endpoint: S3Endpoint;

  constructor(name: string, args: ExistingStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:storage:ExistingStore", name, {}, opts);
    const child = { parent: this };
    const { namespace } = new SystemNamespace(
      name,
      { namespace: "spark-storage-setup", dns: args.dns },
      child,
    );
    this.network = [externalRule(args.endpoint.url)];
    allowBucketAdmin(name, namespace, this.network, child);
    const setup = bucketSetup(
      name,
      {
        namespace,
        endpoint: args.endpoint,
        bucket: args.bucket,
        keysName: adminSecret(name, namespace, args.adminKeys, child).metadata.name,
        objects: args.objects,
      },
      child,
    );
    this.#keys = args.keys;
    this.#endpoint = args.endpoint;
    this.bucket = pulumi.output(args.bucket);
    this.endpoint = pulumi.output(args.endpoint.url);
    this.region = args.endpoint.region;
    this.eventLogDirectory = pulumi.interpolate`s3a://${this.bucket}/${prefixes.events}`;
    this.ready = [setup];
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  access(purpose: S3Purpose): S3Access {
    return keyAccess(purpose, this.#keys[purpose], this.#endpoint);
  }
}
