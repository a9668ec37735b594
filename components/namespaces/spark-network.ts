import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { namespaceSelector } from "./namespace-labels.ts";
import { allow, apiServerEgress, denyAll } from "./network-rules.ts";

type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

export interface SparkNetworkArgs {
  readonly namespace: pulumi.Input<string>;
  /** The way to the object store. */
  readonly store: readonly EgressRule[];
  /** Address ranges (CIDR) outside of the cluster that jobs may reach. */
  readonly egress: readonly string[];
}

/** Port of a running application's web UI (`spark.ui.port`). */
const uiPort = 4040;

/** Default deny, and then what Spark needs: its own pods, the store, the API server for drivers, the UI's readers. */
export function sparkNetwork(name: string, args: SparkNetworkArgs, opts: pulumi.CustomResourceOptions): void {
  const { namespace } = args;
  // The label that Spark itself gives its pods, so that it holds without the operator's webhook.
  const sparkPods = {
    matchExpressions: [{ key: "spark-role", operator: "In", values: ["driver", "executor"] }],
  };
  const outside: EgressRule[] =
    args.egress.length === 0 ? [] : [{ to: args.egress.map((cidr) => ({ ipBlock: { cidr } })) }];

  denyAll(name, namespace, opts);
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
      pods: { matchLabels: { "spark-role": "driver" } },
      rules: {
        ingress: [
          {
            from: [{ namespaceSelector: namespaceSelector("system") }],
            ports: [{ protocol: "TCP", port: uiPort }],
          },
        ],
        egress: [apiServerEgress],
      },
    },
    opts,
  );
}
