import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * What a driver does with the API server, and no more: it starts, watches and removes its executors' pods, and makes
 * and removes what they mount and how they are found. `deletecollection` is how Spark removes them all at its end
 * (https://spark.apache.org/docs/latest/running-on-kubernetes.html#rbac).
 */
const rules: k8s.types.input.rbac.v1.PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["pods", "configmaps", "services", "persistentvolumeclaims"],
    verbs: ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"],
  },
];

/** Gives the service account the driver's role in its namespace. */
export function driverRole(
  name: string,
  args: { readonly namespace: pulumi.Input<string>; readonly serviceAccount: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  const role = new k8s.rbac.v1.Role(
    `${name}-driver-role`,
    { metadata: { name: "spark-driver", namespace: args.namespace }, rules },
    opts,
  );
  new k8s.rbac.v1.RoleBinding(
    `${name}-driver-binding`,
    {
      metadata: { name: "spark-driver", namespace: args.namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: args.serviceAccount, namespace: args.namespace }],
    },
    opts,
  );
}
