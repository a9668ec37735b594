import type { types } from "@pulumi/kubernetes";

/**
 * What a driver does with the API server, and no more: it starts, watches and removes its executors' pods, and makes
 * and removes what they mount and how they are found. `deletecollection` is how Spark removes them all at its end
 * (https://spark.apache.org/docs/latest/running-on-kubernetes.html#rbac).
 */
export const driverRules: types.input.rbac.v1.PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["pods", "configmaps", "services", "persistentvolumeclaims"],
    verbs: ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"],
  },
];
