import type { Readable } from "node:stream";

import type { SparkApplication } from "../../../jobs/manifest/index.ts";
import type { ObservedApplication, ObservedEvent, ObservedPod } from "./objects.ts";

/** A SparkApplication as the gateway creates it: a job's, with the annotations that say whose it is. */
export type NewApplication = SparkApplication & {
  readonly metadata: SparkApplication["metadata"] & {
    readonly annotations: Readonly<Record<string, string>>;
  };
};

/** An immutable ConfigMap that goes when the application goes. */
export interface NewConfigMap {
  readonly namespace: string;
  readonly name: string;
  readonly owner: { readonly name: string; readonly uid: string };
  readonly data: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData: Readonly<Record<string, string>>;
}

/** The kinds that can be watched, by what the gateway calls them. */
export interface Kinds {
  readonly applications: ObservedApplication;
  readonly pods: ObservedPod;
  readonly events: ObservedEvent;
}

/** What a watch tells, in order. */
export type Sighting<T> =
  /** All there is; at the start, and again after a gap. What is not in it is gone. */
  | { readonly type: "listed"; readonly items: readonly T[] }
  | { readonly type: "changed"; readonly object: T }
  /** The object as it was last. */
  | { readonly type: "gone"; readonly object: T }
  /** The API server does not answer; the watch goes on trying. */
  | { readonly type: "interrupted"; readonly error: unknown };

export interface LogOptions {
  /** Whether to wait for more until the container ends. Default: false. */
  readonly follow?: boolean;
  /** RFC 3339; only what came at or after this second. */
  readonly sinceTime?: string;
  /** Only the last lines. */
  readonly tailLines?: number;
  /** Whether each line begins with its time, RFC 3339 with nanoseconds. Default: false. */
  readonly timestamps?: boolean;
}

/**
 * The few calls that the gateway makes of Kubernetes. All throw a Problem: `cluster-unavailable` where the API server
 * does not answer in time or has a fault, `refused-by-cluster` where it (a quota, an admission policy, RBAC) says no.
 */
export interface Cluster {
  /** Creates it; where there is one of that name, returns that one and changes nothing (`existed`). */
  createApplication(
    application: NewApplication,
  ): Promise<{ readonly existed: boolean; readonly application: ObservedApplication }>;
  /** Undefined: there is none. */
  getApplication(namespace: string, name: string): Promise<ObservedApplication | undefined>;
  /** Deletes it with its pods, in the background; also where there is none. `uid`: only if it is this very one. */
  deleteApplication(namespace: string, name: string, uid?: string): Promise<void>;
  /**
   * Creates it, also where the same owner's is there already. @throws Problem `cluster-unavailable` where one of an
   * earlier owner's is still there, which Kubernetes is about to delete.
   */
  createConfigMap(configMap: NewConfigMap): Promise<void>;
  listPods(namespace: string, labelSelector: string): Promise<readonly ObservedPod[]>;
  /** Undefined: there is none. */
  findPod(namespace: string, name: string): Promise<ObservedPod | undefined>;
  /** A container's log as it comes; it ends with the container, or earlier: API servers close what takes hours. */
  podLog(
    namespace: string,
    pod: string,
    container: string,
    options: LogOptions,
    signal?: AbortSignal,
  ): Promise<Readable>;
  /** Lists and watches until `signal`, through dropped connections and expired versions. Never throws. */
  watch<K extends keyof Kinds>(
    kind: K,
    namespace: string,
    labelSelector: string,
    signal: AbortSignal,
  ): AsyncIterable<Sighting<Kinds[K]>>;
}
