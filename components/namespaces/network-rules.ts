import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";

type Rules = Omit<k8s.types.input.networking.v1.NetworkPolicySpec, "podSelector" | "policyTypes">;

/** The API server. By port alone: its address is not known, and policies see it before or after translation. */
export const apiServerEgress: k8s.types.input.networking.v1.NetworkPolicyEgressRule = {
  ports: [
    { protocol: "TCP", port: 443 },
    { protocol: "TCP", port: 6443 },
  ],
};

/** Nothing in and nothing out, for every pod of the namespace, but for names. What else is needed is let in by name. */
export function denyAll(
  name: string,
  { namespace, dns }: { readonly namespace: pulumi.Input<string>; readonly dns: ClusterDns },
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  // To any address, port 53 would be a way out: a server of anybody's takes what it is asked for.
  const names = {
    to: [...dns],
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };
  return allow(name, { namespace, policy: "default-deny", pods: {}, rules: { egress: [names] } }, opts);
}

/** One policy that lets the selected pods do what the rules say. */
export function allow(
  name: string,
  args: {
    readonly namespace: pulumi.Input<string>;
    readonly policy: string;
    readonly pods: k8s.types.input.meta.v1.LabelSelector;
    readonly rules: Rules;
  },
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  return new k8s.networking.v1.NetworkPolicy(
    `${name}-${args.policy}`,
    {
      metadata: { name: args.policy, namespace: args.namespace },
      spec: { podSelector: args.pods, policyTypes: ["Ingress", "Egress"], ...args.rules },
    },
    opts,
  );
}

/** Selects the namespace of that name. */
export function named(namespace: string): { readonly matchLabels: Record<string, string> } {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}
