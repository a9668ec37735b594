import * as pulumi from "@pulumi/pulumi";

import type { JobNamespace } from "../components/namespaces/team-namespace.ts";
import type { Registry } from "../components/registry/registry.ts";
import { committerConf } from "../components/storage/committer.ts";
import type { ObjectStore } from "../components/storage/object-store.ts";
import type { JobDefaults, JobPlacement, JobPlatform } from "./manifest/index.ts";

/** Everything a job needs of the platform: where it runs and what it runs with. */
export interface JobRuntime {
  readonly defaults: JobDefaults;
  /** Spark versions on offer. */
  readonly versions: readonly string[];
  readonly platform: pulumi.Output<JobPlatform>;
  /** What must be up before a job is submitted. */
  readonly ready: readonly pulumi.Resource[];
}

/** A team's namespace and what its jobs run with. */
export interface TeamRuntime {
  /** The namespace's name, as the stack file has it. */
  readonly name: string;
  /** The same, known when the namespace is there. */
  readonly namespace: pulumi.Output<string>;
  readonly runtime: JobRuntime;
}

export interface JobRuntimeArgs {
  readonly team: JobNamespace;
  readonly store: ObjectStore;
  /** Spark version -> image. */
  readonly images: Readonly<Record<string, string>>;
  /** The stack's registry, before images that name no host. Default: there is none. */
  readonly registry?: Registry | undefined;
  readonly defaults: JobDefaults;
  /** The nodes that the cluster keeps for jobs. Default: any. */
  readonly placement?: JobPlacement | undefined;
  /** The secret that drivers check the gateway's signature by. Default: they ask for none. */
  readonly driverUi?: JobPlatform["driverUi"] | undefined;
  /** What must be up beside the namespace, the store and the registry: the operator. */
  readonly ready: readonly pulumi.Resource[];
}

/** Binds a namespace, a store and an operator together into what jobs run with. */
export function jobRuntime(args: JobRuntimeArgs): JobRuntime {
  const access = args.store.access("jobs");
  const platform = pulumi
    .all([args.team.namespace, access.sparkConf, args.store.eventLogDirectory])
    .apply(([namespace, sparkConf, eventLogDirectory]): JobPlatform => ({
      namespace,
      serviceAccount: args.team.serviceAccount,
      images: args.images,
      imagePullSecrets: args.team.imagePullSecrets,
      ...(args.registry !== undefined && { registry: args.registry.host }),
      storage: { sparkConf, committerConf, env: { ...access.env }, secretEnv: access.keys?.secretEnv ?? {} },
      eventLogDirectory,
      labels: { "app.kubernetes.io/part-of": "spark-platform" },
      ...(args.driverUi !== undefined && { driverUi: args.driverUi }),
      ...(args.placement !== undefined && { placement: args.placement }),
    }));
  return {
    defaults: args.defaults,
    versions: Object.keys(args.images),
    platform,
    ready: [...args.team.ready, ...args.store.ready, ...(args.registry?.ready ?? []), ...args.ready],
  };
}
