import type * as pulumi from "@pulumi/pulumi";

import { poolLabels, poolTaint, type JobPool } from "./job-nodes.ts";

/** The most that all nodes of a pool have together. What would go beyond it waits. */
export interface PoolLimits {
  /** Cores: `64`. */
  readonly cpu: string;
  /** Memory: `256Gi`. */
  readonly memory: string;
}

/** What a pool's nodes are like, and when they go. */
export interface PoolShape {
  /** Name of the NodeClass. */
  readonly nodeClass: pulumi.Input<string>;
  readonly limits: PoolLimits;
  readonly capacity: "on-demand" | "spot";
  /** Name of the zone that all nodes are in. Default: any of the NodeClass's subnets. */
  readonly zone?: pulumi.Input<string>;
  /** Whose nodes they are. Default: everybody's but jobs'. */
  readonly jobs?: JobPool;
  /** How long a node that is too old may still wait for pods that do not let themselves be moved. Default: 24h, EKS's. */
  readonly terminationGracePeriod?: string;
}

interface Requirement {
  readonly key: string;
  readonly operator: "In" | "Gt";
  readonly values: readonly pulumi.Input<string>[];
}

interface Disruption {
  readonly consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized";
  readonly consolidateAfter: string;
  readonly budgets: readonly { readonly nodes: string; readonly reasons?: readonly string[] }[];
}

/** Spec of a karpenter.sh/v1 NodePool with what Auto Mode knows of it. */
export interface NodePoolSpec {
  readonly template: {
    readonly metadata?: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly nodeClassRef: {
        readonly group: "eks.amazonaws.com";
        readonly kind: "NodeClass";
        readonly name: pulumi.Input<string>;
      };
      readonly requirements: readonly Requirement[];
      readonly taints?: readonly ReturnType<typeof poolTaint>[];
      readonly expireAfter: string;
      readonly terminationGracePeriod?: string;
    };
  };
  readonly limits: PoolLimits;
  readonly disruption: Disruption;
}

/**
 * The age at which a node is replaced, whatever runs on it: two weeks, as EKS has it by default. With the grace period
 * it must stay within 21 days, when EKS ends a node without asking.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html and …/auto-security.html
 */
const expireAfter = "336h";

/** An empty node stays that long: what comes next starts at once, not after a node's start of a minute or so. */
const consolidateAfter = "5m";

/** Nodes of jobs go when they are empty, all at once if need be, and neither for a newer image nor to save money. */
const jobDisruption: Disruption = {
  consolidationPolicy: "WhenEmpty",
  consolidateAfter,
  budgets: [
    { nodes: "100%", reasons: ["Empty"] },
    { nodes: "0", reasons: ["Drifted", "Underutilized"] },
  ],
};

/** The platform's own pods may be moved, those of one node at a time. */
const platformDisruption: Disruption = {
  consolidationPolicy: "WhenEmptyOrUnderutilized",
  consolidateAfter,
  budgets: [{ nodes: "1" }],
};

/** The pool makes nodes for pods that find no place, up to its limits, and has none while there are no such pods. */
export function nodePoolSpec(shape: PoolShape): NodePoolSpec {
  const { nodeClass, limits, capacity, zone, jobs, terminationGracePeriod } = shape;
  return {
    template: {
      ...(jobs !== undefined && { metadata: { labels: poolLabels(jobs) } }),
      spec: {
        nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: nodeClass },
        requirements: [
          // Our images are built for this one.
          { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
          { key: "karpenter.sh/capacity-type", operator: "In", values: [capacity] },
          // Compute, general purpose and memory of the fifth generation and newer, as EKS's own pools have them. Many
          // types to choose from keep spot cheap, and rarely taken away.
          { key: "eks.amazonaws.com/instance-category", operator: "In", values: ["c", "m", "r"] },
          { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
          ...(zone === undefined
            ? []
            : [{ key: "topology.kubernetes.io/zone", operator: "In" as const, values: [zone] }]),
        ],
        ...(jobs !== undefined && { taints: [poolTaint(jobs)] }),
        expireAfter,
        ...(terminationGracePeriod !== undefined && { terminationGracePeriod }),
      },
    },
    limits,
    disruption: jobs === undefined ? platformDisruption : jobDisruption,
  };
}
