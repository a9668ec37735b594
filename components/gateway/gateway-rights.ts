import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { TeamRuntime } from "../../jobs/job-runtime.ts";
import type { ServiceAccountName } from "../storage/object-store.ts";

/** What the gateway does in a team's namespace for its users (gateway/src/kubernetes/cluster.ts), and no more. */
const rules: k8s.types.input.rbac.v1.PolicyRule[] = [
  {
    apiGroups: ["sparkoperator.k8s.io"],
    resources: ["sparkapplications"],
    verbs: ["create", "get", "list", "watch", "delete"],
  },
  // Code that travels with an application. It goes with its owner, and is never changed.
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods", "events"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/** Gives the gateway's account its rights in each team's namespace. Returns what must be there before it starts. */
export function gatewayRights(
  name: string,
  account: ServiceAccountName,
  teams: readonly TeamRuntime[],
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const subjects = [{ kind: "ServiceAccount", name: account.serviceAccount, namespace: account.namespace }];
  const inTeams = teams.map((team) => {
    const { namespace } = team;
    const role = new k8s.rbac.v1.Role(
      `${name}-role-${team.name}`,
      { metadata: { name: "gateway", namespace }, rules },
      opts,
    );
    return new k8s.rbac.v1.RoleBinding(
      `${name}-binding-${team.name}`,
      {
        metadata: { name: "gateway", namespace },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects,
      },
      opts,
    );
  });
  // Kubernetes' own role of who asks whose a service account's token is. There is none of one namespace alone.
  const review = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-token-review`,
    {
      metadata: { name: "spark-gateway-token-review" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects,
    },
    opts,
  );
  return [...inTeams, review];
}
