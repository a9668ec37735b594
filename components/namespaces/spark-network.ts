import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { labels, namespaceName } from "../gateway/gateway-deployment.ts";
import { allow, apiServerEgress, denyAll, named } from "./network-rules.ts";

type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

export interface SparkNetworkArgs {
  readonly namespace: pulumi.Input<string>;
  readonly dns: ClusterDns;
  /** The way to the object store. */
  readonly store: readonly EgressRule[];
  /** Address ranges (CIDR) outside of the cluster that jobs may reach. */
  readonly egress: readonly string[];
}

/** Port of a running application's web UI (`spark.ui.port`). */
export const uiPort = 4040;
export const driverPods = { matchLabels: { "spark-role": "driver" } };

/** Default deny, and then what Spark needs: its own pods, the store, the API server for drivers, the gateway for the UI. */
export function sparkNetwork(name: string, args: SparkNetworkArgs, opts: pulumi.CustomResourceOptions): void {
  const { namespace } = args;
  // The label that Spark itself gives its pods, so that it holds without the operator's webhook.
  const sparkPods = {
    matchExpressions: [{ key: "spark-role", operator: "In", values: ["driver", "executor"] }],
  };
  const outside: EgressRule[] =
    args.egress.length === 0 ? [] : [{ to: args.egress.map((cidr) => ({ ipBlock: { cidr } })) }];

  denyAll(name, args, opts);
  allow(
    name,
    {
      namespace,
      policy: "spark",
      pods: sparkPods,
      rules: {
        ingress: [{ from: [{ podSelector: sparkPods }] }],
        egress: [{ to: [{ podSelector: sparkPods }] }, ...args.store, ...outside],
      },
    },
    opts,
  );
  allow(
    name,
    {
      namespace,
      policy: "spark-driver",
      pods: driverPods,
      rules: {
        ingress: [
          {
            from: [{ namespaceSelector: named(namespaceName), podSelector: { matchLabels: labels } }],
            ports: [{ protocol: "TCP", port: uiPort }],
          },
        ],
        egress: [apiServerEgress],
      },
    },
    opts,
  );
}
