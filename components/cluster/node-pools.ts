import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { clusterProvider, type ClusterAddress } from "./cluster-provider.ts";
import { nodeClass, type NodeCluster } from "./node-classes.ts";
import { nodePoolSpec, type PoolLimits, type PoolShape } from "./node-pool.ts";
import type { PerZone } from "./regions.ts";
import { volumeClass } from "./volume-class.ts";

export interface NodePoolsArgs {
  readonly cluster: NodeCluster & { readonly address: ClusterAddress };
  readonly network: {
    readonly nodeSubnetIds: PerZone<pulumi.Input<string>>;
    /** Names of the subnets' zones: `eu-central-1a`. */
    readonly nodeZones: PerZone<pulumi.Input<string>>;
  };
  readonly pools: Readonly<Record<"platform" | "driver" | "executor", PoolLimits>>;
  /**
   * Certificates, in PEM, of authorities that nodes trust beside the public ones when they pull images. Nodes that run
   * jobs get a new one when they are replaced, so an authority is added a while before it is used.
   */
  readonly trusted: readonly pulumi.Input<string>[];
  /** Whether disks of pods outlive those. */
  readonly protect: boolean;
}

/**
 * The nodes of an EKS cluster in Auto Mode, which come and go with the pods that need them: on-demand ones for the
 * platform's pods and, apart from those, for drivers, and spot ones in a single zone for executors. It also makes
 * Kubernetes' network policies count, and a class of disks for pods that ask for a volume.
 * What runs there is left to others, and so is the provider of the cluster itself.
 *
 *     const limits = { cpu: "64", memory: "256Gi" };
 *     const pools = { platform: limits, driver: limits, executor: limits };
 *     new NodePools("pools", { cluster, network, pools, trusted: [], protect }, { provider: cluster.provider });
 */
export class NodePools extends pulumi.ComponentResource {
  /**
   * The provider of all that runs pods: by it they come after the nodes, and go before them. A pool that is deleted
   * drains its nodes, and where none is left, what waits to be taken down by a pod waits for good.
   */
  readonly provider: k8s.Provider;
  /** Storage class of volumes. */
  readonly volumeClass: pulumi.Output<string>;

  constructor(name: string, args: NodePoolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:cluster:NodePools", name, {}, opts);
    const child = { parent: this };
    const policies = networkPolicies(`${name}-network-policies`, child);
    const { cluster, network, trusted, pools } = args;
    const classOf = (metadataName: string, storage: string): pulumi.Output<string> => {
      const wishes = { cluster, subnetIds: network.nodeSubnetIds, trusted, storage };
      return nodeClass(`${name}-${metadataName}-class`, metadataName, wishes, child).metadata.name;
    };
    // EKS's default.
    const platform = classOf("platform", "80Gi");
    // Room for the shuffle of several executors beside their images. A node with disks of its own uses those instead.
    const jobs = classOf("jobs", "200Gi");

    const pool = (metadataName: string, shape: PoolShape) =>
      nodePool(`${name}-${metadataName}`, metadataName, shape, { ...child, dependsOn: [policies] });
    const ready = [
      policies,
      pool("platform", { nodeClass: platform, limits: pools.platform, capacity: "on-demand" }),
      pool("drivers", {
        nodeClass: jobs,
        limits: pools.driver,
        capacity: "on-demand",
        jobs: "drivers",
        // Seven days on top of fourteen: all that EKS allows, for jobs that run for days.
        terminationGracePeriod: "168h",
      }),
      pool("executors", {
        nodeClass: jobs,
        limits: pools.executor,
        capacity: "spot",
        jobs: "executors",
        // Shuffles between zones are slow and paid for by the byte. The first zone is also where a single NAT is.
        zone: network.nodeZones[0],
      }),
    ];
    this.provider = clusterProvider(`${name}-provider`, cluster.address, { ...child, dependsOn: ready });
    this.volumeClass = volumeClass(name, args, child);
    this.registerOutputs({ provider: this.provider });
  }
}

/**
 * Without this ConfigMap Auto Mode enforces no NetworkPolicy at all.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 */
function networkPolicies(name: string, opts: pulumi.CustomResourceOptions): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(
    name,
    {
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    },
    opts,
  );
}

function nodePool(
  name: string,
  metadataName: string,
  shape: PoolShape,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "karpenter.sh/v1",
      kind: "NodePool",
      metadata: { name: metadataName },
      spec: nodePoolSpec(shape),
    },
    // It is gone when its nodes are: pods get their time to end, and machines take a few minutes.
    { ...opts, customTimeouts: { delete: "30m" } },
  );
}
