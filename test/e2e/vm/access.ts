import { runSimulation } from "@cloud-copilot/iam-simulate";

import { rolePolicy, type VmRights } from "../../../components/registry/vm/policy.ts";
import { account, role } from "./names.ts";

/** Whether the VM's role may do this, as IAM decides it. */
export type Allowed = (
  action: string,
  resource: string,
  context?: Readonly<Record<string, string | string[]>>,
) => Promise<boolean>;

/** The decisions of the policy that the stack gives to the role. @throws where IAM knows no such request. */
export function roleAccess(rights: VmRights): Allowed {
  const policy = rolePolicy(rights);
  return async (action, resource, context = {}) => {
    const result = await runSimulation(
      {
        request: {
          principal: `arn:aws:sts::${account}:assumed-role/${role.name}/i-0e2e`,
          action,
          resource: { resource, accountId: account },
          contextVariables: { ...context },
        },
        identityPolicies: [{ name: "role", policy }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === "error") {
      throw new Error(`IAM knows no ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
    }
    return result.overallResult === "Allowed";
  };
}
