import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { driverRules } from "./driver-rules.ts";

/** Gives the service account the driver's role in its namespace. */
export function driverRole(
  name: string,
  args: { readonly namespace: pulumi.Input<string>; readonly serviceAccount: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  const role = new k8s.rbac.v1.Role(
    `${name}-driver-role`,
    { metadata: { name: "spark-driver", namespace: args.namespace }, rules: driverRules },
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
