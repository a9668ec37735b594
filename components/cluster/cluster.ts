import type * as k8s from "@pulumi/kubernetes";

/** A Kubernetes cluster that the platform is installed in. */
export interface Cluster {
  /** The one provider of every Kubernetes resource: nothing falls back to an ambient kubeconfig. */
  readonly provider: k8s.Provider;
}
