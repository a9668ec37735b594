import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { allow, apiServerEgress } from "../namespaces/network-rules.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import type { JobNamespace } from "../namespaces/team-namespace.ts";
import { podMark } from "../pod-mark.ts";
import type { Registry } from "../registry/registry.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import {
  controllerAccount,
  operatorValues,
  type OperatorImage,
  type OperatorSizing,
} from "./operator-values.ts";

/** The chart, pinned to the version that the end-to-end test runs. Its CRDs are the schema of jobs/manifest. */
export const pinnedChart = {
  name: "spark-operator",
  repository: "https://kubeflow.github.io/spark-operator",
  version: "2.5.2",
};

export interface SparkOperatorArgs extends OperatorSizing {
  /** Our operator image: upstream's, with the S3 jars. */
  readonly image: OperatorImage;
  readonly dns: ClusterDns;
  readonly store: ObjectStore;
  /** The namespaces whose jobs it runs. */
  readonly namespaces: readonly JobNamespace[];
  /** Where the chart is: a Helm repository's URL, or a folder or archive. Default: the project's own repository. */
  readonly chart?: string | undefined;
  /** Image that upgrades the CRDs, `HOST/PATH:TAG`. Default: the chart's own. */
  readonly crdUpgradeImage?: string | undefined;
  /** The registry that its image is in. Default: one that needs no credentials. */
  readonly registry?: Registry | undefined;
}

/**
 * The Spark Operator: controller with the storage identity `operator`, which fetches the dependencies of jobs,
 * webhook, and CRDs that are upgraded with the release. Service accounts and rights of the drivers are the team
 * namespaces' own.
 *
 *     new SparkOperator("operator", { image, dns, store, namespaces: [analytics], cpu: "1" });
 */
export class SparkOperator extends pulumi.ComponentResource {
  /** What must be up before a job is submitted. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: SparkOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:operator:SparkOperator", name, {}, opts);
    const child = { parent: this };
    const access = args.store.access("operator");
    const system = new SystemNamespace(
      name,
      {
        namespace: "spark-operator",
        dns: args.dns,
        // Not `restricted`: the chart's Job that upgrades the CRDs names neither a user nor a seccomp profile.
        level: "baseline",
        access,
        registry: args.registry,
      },
      child,
    );
    allowOperator(name, system.namespace, args.store.network, child);
    const identity = access.bind(
      name,
      { namespace: system.namespace, serviceAccount: controllerAccount },
      child,
    );
    const secret = access.keys?.secret;
    const values = pulumi
      .all([
        pulumi.all(args.namespaces.map((team) => team.namespace)),
        secret && podMark(...Object.values(secret.data)),
      ])
      .apply(([jobNamespaces, mark]) =>
        operatorValues({
          image: args.image,
          crdUpgradeImage: args.crdUpgradeImage,
          imagePullSecrets: system.imagePullSecrets,
          jobNamespaces,
          env: access.env,
          s3Keys: secret && mark !== undefined ? { secret: secret.name, mark } : undefined,
          sizing: args,
        }),
      );
    const release = new k8s.helm.v3.Release(
      `${name}-release`,
      {
        name: "spark-operator",
        namespace: system.namespace,
        ...chartSource(args.chart),
        values,
        timeout: 600,
      },
      {
        ...child,
        dependsOn: [
          system,
          ...args.store.ready,
          ...identity,
          ...(args.registry?.ready ?? []),
          ...args.namespaces.flatMap((team) => team.ready),
        ],
      },
    );
    this.ready = [release];
    this.registerOutputs({});
  }
}

type ChartSource = Pick<k8s.helm.v3.ReleaseArgs, "chart" | "version" | "repositoryOpts">;

/** A repository is asked for the pinned version; a folder or an archive is what it is. */
export function chartSource(location: string = pinnedChart.repository): ChartSource {
  if (/^https?:\/\//.test(location) && !location.endsWith(".tgz")) {
    return { chart: pinnedChart.name, version: pinnedChart.version, repositoryOpts: { repo: location } };
  }
  return location.startsWith("oci://")
    ? { chart: location, version: pinnedChart.version }
    : { chart: location };
}

/** The way of the controller to the API server and the store, and of the API server to the webhook. */
function allowOperator(
  name: string,
  namespace: pulumi.Input<string>,
  store: ObjectStore["network"],
  opts: pulumi.CustomResourceOptions,
): void {
  const rules = {
    ingress: [{ ports: [{ protocol: "TCP", port: 9443 }] }],
    egress: [apiServerEgress, ...store],
  };
  allow(name, { namespace, policy: "spark-operator", pods: {}, rules }, opts);
}
