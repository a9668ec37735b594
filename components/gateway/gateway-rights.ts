import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ServiceAccountName } from "../storage/object-store.ts";
import type { PlatformFileArgs } from "./platform-file.ts";

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

/** Gives the gateway's account its rights in each team's namespace, and to ask about tokens of the listed accounts. Returns what must be there before it starts. */
export function gatewayRights(
  name: string,
  account: ServiceAccountName,
  { teams, serviceAccounts }: Pick<PlatformFileArgs, "teams" | "serviceAccounts">,
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
  if (serviceAccounts.length === 0) return inTeams;
  // The built-in role for TokenReview. It has no variant for a single namespace.
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
