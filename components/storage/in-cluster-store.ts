import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import { abortUploads } from "./abort-uploads.ts";
import { adminSecret, type BucketAdmin } from "./bucket-admin.ts";
import { bucketSetup } from "./bucket-setup.ts";
import { accessKeyIds, generateKeys, type PurposeKeys } from "./generated-keys.ts";
import {
  prefixes,
  type ObjectStore,
  type S3Access,
  type S3Endpoint,
  type S3Keys,
  type S3Purpose,
} from "./object-store.ts";
import { bucketPolicy } from "./permissions.ts";
import { keyAccess } from "./s3-access.ts";
import { allowBucketAdmin, allowStoreClients, inClusterRule } from "./store-network.ts";
import { storeServer } from "./store-server.ts";
import { dataVolume, type DataVolume } from "./data-volume.ts";

export interface InClusterStoreArgs {
  readonly dns: ClusterDns;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Region that requests are signed for; any name will do. */
  readonly region: string;
  readonly volume: DataVolume;
  /** Small objects to put: key in the bucket -> text. */
  readonly objects: Readonly<Record<string, string>>;
}

/**
 * An S3-compatible store in the cluster (versitygw over a volume), with one bucket and one user for each purpose,
 * limited by the bucket's policy. For laptops, tests and clusters that have no store: one pod, no replication; the
 * data is as safe as its volume, and a claim goes with the stack (a node's folder stays). Plain HTTP inside of the
 * cluster: requests are signed, contents are not encrypted.
 *
 *     const store = new InClusterStore("store", { dns, bucket: "spark", region, volume, objects: {} });
 */
export class InClusterStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly reach = "cluster";
  readonly region: string;
  readonly eventLogDirectory: pulumi.Output<string>;
  readonly network: ObjectStore["network"];
  readonly ready: readonly pulumi.Resource[];
  readonly #keys: PurposeKeys;

  constructor(name: string, args: InClusterStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:storage:InClusterStore", name, {}, opts);
    const child = { parent: this };
    const { namespace } = new SystemNamespace(name, { namespace: "spark-storage", dns: args.dns }, child);
    const root = generateKeys(name, "root", child);
    this.#keys = {
      jobs: generateKeys(name, "jobs", child),
      history: generateKeys(name, "history", child),
      operator: generateKeys(name, "operator", child),
      registry: generateKeys(name, "registry", child),
      gateway: generateKeys(name, "gateway", child),
    };
    this.network = [inClusterRule(namespace)];
    allowStoreClients(name, namespace, child);
    allowBucketAdmin(name, namespace, this.network, child);
    const server = storeServer(
      name,
      {
        namespace,
        region: args.region,
        claimName: dataVolume(name, { namespace, claimName: "store-data", volume: args.volume }, child)
          .metadata.name,
        rootSecretName: rootSecret(name, namespace, root, child).metadata.name,
        users: this.#keys,
      },
      child,
    );
    this.endpoint = server.url;
    this.region = args.region;
    const admin: BucketAdmin = {
      namespace,
      endpoint: this.#s3Endpoint(),
      bucket: args.bucket,
      keysName: adminSecret(name, namespace, root, child).metadata.name,
    };
    const setup = bucketSetup(
      name,
      {
        ...admin,
        policy: accessKeyIds(this.#keys).apply((ids) => bucketPolicy(args.bucket, ids)),
        objects: args.objects,
      },
      { ...child, dependsOn: [...server.ready] },
    );
    abortUploads(name, admin, { ...child, dependsOn: [setup] });
    this.bucket = pulumi.output(args.bucket);
    this.eventLogDirectory = pulumi.interpolate`s3a://${this.bucket}/${prefixes.events}`;
    this.ready = [setup];
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  access(purpose: S3Purpose): S3Access {
    return keyAccess(purpose, this.#keys[purpose], this.#s3Endpoint());
  }

  #s3Endpoint(): pulumi.Output<S3Endpoint> {
    return this.endpoint.apply((url) => ({ url, region: this.region, pathStyle: true }));
  }
}

function rootSecret(
  name: string,
  namespace: pulumi.Input<string>,
  root: S3Keys,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    `${name}-root`,
    {
      metadata: { name: "store-root", namespace },
      stringData: { ROOT_ACCESS_KEY_ID: root.accessKeyId, ROOT_SECRET_ACCESS_KEY: root.secretAccessKey },
    },
    opts,
  );
}
