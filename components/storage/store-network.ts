import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { namespaceSelector } from "../namespaces/namespace-labels.ts";
import { allow } from "../namespaces/network-rules.ts";
import { bucketAdminLabels } from "./bucket-admin.ts";
import { storeLabels, storePort } from "./store-server.ts";

type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** The way from any namespace to the in-cluster store. */
export function inClusterRule(namespace: pulumi.Input<string>): EgressRule {
  return {
    to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }],
    ports: [{ protocol: "TCP", port: storePort }],
  };
}

/** The way to a store elsewhere. By port alone: network policies know addresses, and a store's may change. */
export function externalRule(url: string): EgressRule {
  const { port, protocol } = new URL(url);
  return {
    ports: [{ protocol: "TCP", port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port) }],
  };
}

/** The way to S3. By port alone: its addresses are many, and change. */
export const s3Rule: EgressRule = { ports: [{ protocol: "TCP", port: 443 }] };

/**
 * The way to what gives pods their identity on EKS: an agent on each node, at an address that only the node has
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
 */
export const podIdentityRule: EgressRule = {
  to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
  ports: [{ protocol: "TCP", port: 80 }],
};

/** The store's server answers the platform's namespaces, and no others. */
export function allowStoreClients(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  allow(
    name,
    {
      namespace,
      policy: "store",
      pods: { matchLabels: storeLabels },
      rules: {
        ingress: [{ from: [{ namespaceSelector: namespaceSelector() }], ports: [{ port: storePort }] }],
      },
    },
    opts,
  );
}

/** The pods that work on the bucket with the admin keys reach the store. */
export function allowBucketAdmin(
  name: string,
  namespace: pulumi.Input<string>,
  store: readonly EgressRule[],
  opts: pulumi.CustomResourceOptions,
): void {
  const pods = { matchLabels: bucketAdminLabels };
  allow(name, { namespace, policy: "bucket-setup", pods, rules: { egress: [...store] } }, opts);
}
