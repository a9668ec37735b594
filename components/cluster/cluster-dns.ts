import type { types } from "@pulumi/kubernetes";

/** The cluster's DNS, as network policies select it. */
export type ClusterDns = readonly types.input.networking.v1.NetworkPolicyPeer[];

/**
 * The pods of the cluster's DNS and these address ranges (CIDR). CoreDNS and kube-dns have this label wherever they come
 * with the cluster: kubeadm, kind, k3s, RKE2, EKS with its add-on, GKE, AKS.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.0/cluster/addons/dns/coredns/coredns.yaml.base
 */
export function clusterDns(addresses: readonly string[]): ClusterDns {
  return [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    ...addresses.map((cidr) => ({ ipBlock: { cidr } })),
  ];
}
