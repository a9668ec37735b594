import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** What an identity of the bucket is for. Each purpose has its own keys and its own rights (permissions.ts). */
export const s3Purposes = ["jobs", "history", "operator", "registry", "gateway"] as const;
export type S3Purpose = (typeof s3Purposes)[number];

/** The bucket's layout. Every prefix has a marker object, since Spark needs `events/` to exist before it starts. */
export const prefixes = { datasets: "datasets/", events: "events/", code: "code/" } as const;

/** Where the stack's registry keeps its images. Without a marker: distribution takes it for a file. */
export const imagesPrefix = "registry/";

/** Where the gateway keeps the logs of drivers that are gone, and puts the code that its users upload. */
export const logsPrefix = "logs/";
export const uploadsPrefix = `${prefixes.code}uploads/`;

/** Days after which an upload that nobody finished is given up. Spark's own take minutes. */
export const unfinishedUploadDays = 7;

/** A key pair of the store. */
export interface S3Keys {
  readonly accessKeyId: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly secretAccessKey: pulumi.Output<string>;
}

/** Where a store is, as pods reach it. */
export interface S3Endpoint {
  /** URL with scheme. Default: S3 itself. */
  readonly url?: string | undefined;
  readonly region: string;
  /** `https://HOST/BUCKET/KEY` in place of `https://BUCKET.HOST/KEY`. */
  readonly pathStyle: boolean;
}

/**
 * Everything a pod needs to reach the bucket for one purpose, as one value. Nobody else writes an `AWS_*`
 * variable, or an `fs.s3a` key but those of how much a job does at once (jobs/manifest/s3a-at-once.ts).
 */
export interface S3Access {
  readonly purpose: S3Purpose;
  /** Where the store is. */
  readonly endpoint: pulumi.Output<S3Endpoint>;
  /** Spark properties (`spark.hadoop.fs.s3a.*`), without any secret. */
  readonly sparkConf: pulumi.Output<Record<string, string>>;
  /** Environment variables, without any secret. */
  readonly env: Readonly<Record<string, string>>;
  /** The key pair that pods hold. Undefined where their service account is all they need. */
  readonly keys: S3PodKeys | undefined;
  /**
   * Makes this the identity of a service account's pods, where the store knows such identities. Returns what must be
   * there before the first of the pods starts.
   */
  bind(
    name: string,
    account: ServiceAccountName,
    opts: pulumi.CustomResourceOptions,
  ): readonly pulumi.Resource[];
}

/** A key pair as pods get it. */
export interface S3PodKeys {
  /** The secret to create in each namespace that uses this access: its name and its data. */
  readonly secret: { readonly name: string; readonly data: Record<string, pulumi.Output<string>> };
  /** Environment variables and where in the secret each one's value is. */
  readonly secretEnv: Record<string, { readonly secret: string; readonly key: string }>;
}

export interface ServiceAccountName {
  readonly namespace: pulumi.Input<string>;
  readonly serviceAccount: pulumi.Input<string>;
}

/** One bucket for the platform, wherever it is. */
export interface ObjectStore {
  readonly bucket: pulumi.Output<string>;
  /** URL as pods reach it. */
  readonly endpoint: pulumi.Output<string>;
  /** Who reaches the endpoint: clients outside as well, or pods of the cluster alone. */
  readonly reach: "everywhere" | "cluster";
  readonly region: string;
  /** `s3a://BUCKET/events/`, where drivers write event logs and the History Server reads them. */
  readonly eventLogDirectory: pulumi.Output<string>;
  /** How a network policy lets pods reach the store, and what they get their identity from. */
  readonly network: readonly k8s.types.input.networking.v1.NetworkPolicyEgressRule[];
  /** What must exist before the first use: the bucket with its prefixes, objects and rights. */
  readonly ready: readonly pulumi.Resource[];
  access(purpose: S3Purpose): S3Access;
}
