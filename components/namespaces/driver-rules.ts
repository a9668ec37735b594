import type { types } from "@pulumi/kubernetes";

/** Spark's client deletes a selection in one request, and lists it to delete one by one where a server cannot. */
const removal = ["list", "delete", "deletecollection"];

/**
 * The calls of a driver to the API server, read in the spark-kubernetes jars of 3.5.8 and 4.0.4, which make the same calls.
 * Read those of a new row of images/versions.ts too.
 * - Pods: ExecutorPodsAllocator gets and awaits the driver's own pod and creates executors, ExecutorPodsPollingSnapshotSource
 *   and ExecutorPodsWatchSnapshotSource look at them, ExecutorPodsLifecycleManager and stop() remove them. Only executors
 *   that stay after their end, or are labelled as they leave, would be patched; no job can ask for either.
 * - Persistent volume claims: ExecutorPodsAllocator creates those of executors and looks for some to use again.
 * - Services: KubernetesClusterSchedulerBackend.stop() removes the driver's, which the operator's spark-submit made
 *   (DriverServiceFeatureStep). Whoever makes or changes a service can open a port of every node, or take the traffic of
 *   any address of the cluster (`externalIPs`).
 * - ConfigMaps: none. Jobs run with `spark.kubernetes.executor.disableConfigMap` (jobs/manifest/spark-properties.ts).
 */
export const driverRules: types.input.rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "watch", ...removal] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["create", ...removal] },
  { apiGroups: [""], resources: ["services"], verbs: removal },
];
