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
  /** Size of all volumes that pods may claim, as a Kubernetes quantity. */
  readonly storage: string;
  /** Disk of the node that each container may use, as a Kubernetes quantity. */
  readonly ephemeralStorage: string;
}

/**
 * Finished applications to each pod of the quota. They stay for an hour (gateway/src/platform.ts), and a pod's place
 * hardly ends more than one a minute.
 */
const finishedPerPod = 60;

/** ConfigMaps of an application: its code, its driver's configuration and its pod template, with one to spare. */
const configMapsPerApplication = 4;

/** The pods that Kubernetes itself cannot do without. To place one with such a class, it removes any other pod. */
const systemPriorities = ["system-node-critical", "system-cluster-critical"];

/** The team's quotas, and what a container gets that names no resources (without it the quota would refuse it). */
export function teamLimits(
  name: string,
  namespace: pulumi.Input<string>,
  quota: TeamQuota,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.core.v1.ResourceQuota(
    `${name}-quota`,
    { metadata: { name: "team", namespace }, spec: { hard: teamHard(quota) } },
    opts,
  );
  new k8s.core.v1.ResourceQuota(
    `${name}-priority-quota`,
    {
      metadata: { name: "no-system-priority", namespace },
      spec: {
        hard: { pods: "0" },
        scopeSelector: {
          matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: systemPriorities }],
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
            // Disk: nothing by default, since some nodes count theirs not, and take no pod that requests any.
            defaultRequest: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "0" },
            default: { memory: "1Gi", "ephemeral-storage": quota.ephemeralStorage },
            // Spark's pods name no limit of their own; one that did could fill its node.
            max: { "ephemeral-storage": quota.ephemeralStorage },
          },
        ],
      },
    },
    opts,
  );
}

/**
 * The amounts that pods may use, as the stack's file says, and the number of objects: none of a kind that opens the cluster,
 * and of the others enough for all applications that the pods leave room for.
 */
function teamHard(quota: TeamQuota): Record<string, string> {
  const { cpu, memory, pods, storage } = quota;
  const applications = finishedPerPod * pods;
  const disk = times(quota.ephemeralStorage, pods);
  return {
    "requests.cpu": cpu,
    "requests.memory": memory,
    "limits.memory": memory,
    "requests.ephemeral-storage": disk,
    "limits.ephemeral-storage": disk,
    "requests.storage": storage,
    pods: String(pods),
    // With the drivers of finished applications.
    "count/pods": String(pods + applications),
    configmaps: String(configMapsPerApplication * applications),
    // One of each driver, which a driver that dies leaves behind.
    services: String(applications),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
    // Two disks for each executor.
    persistentvolumeclaims: String(2 * pods),
  };
}

/** The Kubernetes quantity so many times: 3 times `100Gi` is `300Gi`. */
function times(quantity: string, factor: number): string {
  const number = Number.parseFloat(quantity);
  // To the thousandth, which is as fine as quantities are.
  return `${Number((number * factor).toFixed(3))}${quantity.replace(/^[\d.]+/, "")}`;
}
