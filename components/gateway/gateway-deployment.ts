import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { GatewayDatabase } from "./gateway-database.ts";

/** Labels of the gateway's pods, its service and all that is about them. */
export const labels = { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/part-of": "spark-platform" };
export const serviceName = "gateway";
export const namespaceName = "spark-gateway";

export interface GatewayDeploymentArgs {
  readonly namespace: pulumi.Input<string>;
  readonly database: GatewayDatabase["kind"];
  /** Of what the pods read at their start alone. */
  readonly mark: pulumi.Input<string>;
  readonly pod: k8s.types.input.core.v1.PodSpec;
  /** Seconds until all who send clients have noticed a new pod. */
  readonly comesSeconds: number;
}

/** At the least, so that one may go at any time, and at the most. */
const replicas = { least: 2, most: 6 };

/** The gateway's pods: one with the embedded database, else as many as their load asks for. */
export function gatewayDeployment(
  name: string,
  args: GatewayDeploymentArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const { namespace, comesSeconds } = args;
  const many = args.database === "postgres";
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-server`,
    {
      metadata: { name: serviceName, namespace, labels },
      spec: {
        ...(many
          ? {
              // How many is the autoscaler's to say: here it would be put back by each deploy.
              strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
              ...(comesSeconds > 0 && { minReadySeconds: comesSeconds }),
            }
          : // The volume, and the database in it, belong to one pod at a time.
            { replicas: 1, strategy: { type: "Recreate" } }),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { "spark-platform/config": args.mark } },
          spec: { ...args.pod, ...(many && { topologySpreadConstraints: spread }) },
        },
      },
    },
    opts,
  );
  if (many) keepAvailable(name, namespace, deployment, opts);
  return deployment;
}

/** Over zones and nodes as far as there are any. */
const spread = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: labels },
}));

/**
 * Nodes that are drained take one pod at a time, and more come with more work. Where a cluster measures no pods (no
 * metrics-server), the autoscaler keeps to the least.
 */
function keepAvailable(
  name: string,
  namespace: pulumi.Input<string>,
  deployment: k8s.apps.v1.Deployment,
  opts: pulumi.CustomResourceOptions,
): void {
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-budget`,
    {
      metadata: { name: serviceName, namespace, labels },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
    opts,
  );
  // In percent of the 100m that a pod requests: half a core, of the one that a Node process can use.
  const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: 500 } };
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata: { name: serviceName, namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name },
        minReplicas: replicas.least,
        maxReplicas: replicas.most,
        metrics: [{ type: "Resource", resource: cpu }],
      },
    },
    opts,
  );
}
