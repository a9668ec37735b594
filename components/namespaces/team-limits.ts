import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** What all pods of a team together may use. */
export interface TeamQuota {
  /** CPU that pods may request, as a Kubernetes quantity. */
  readonly cpu: string;
  /** Memory that pods may request, which for Spark is also their limit, as a Kubernetes quantity. */
  readonly memory: string;
  /** How many pods may exist, finished ones not counted. */
  readonly pods: number;
}

/** The team's quota, and what a container gets that names no resources (without it the quota would refuse it). */
export function teamLimits(
  name: string,
  namespace: pulumi.Input<string>,
  quota: TeamQuota,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.core.v1.ResourceQuota(
    `${name}-quota`,
    {
      metadata: { name: "team", namespace },
      spec: {
        hard: {
          "requests.cpu": quota.cpu,
          "requests.memory": quota.memory,
          "limits.memory": quota.memory,
          pods: String(quota.pods),
        },
      },
    },
    opts,
  );
  new k8s.core.v1.LimitRange(
    `${name}-limits`,
    {
      metadata: { name: "team", namespace },
      spec: {
        limits: [
          {
            type: "Container",
            defaultRequest: { cpu: "100m", memory: "256Mi" },
            default: { memory: "1Gi" },
          },
        ],
      },
    },
    opts,
  );
}
