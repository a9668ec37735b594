import { driverRules } from "../../../components/namespaces/driver-rules.ts";
import { removeCrds } from "../../../local/kube/leftovers.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import type { Fields } from "../../../local/kube/json.ts";

/** The account of drivers in each namespace of jobs, with the rights that a team's has. */
export const account = "driver";

/** Where a bench has its operators and their jobs. */
export interface Namespaces {
  readonly operators: readonly string[];
  readonly jobs: readonly string[];
}

/** Runs `work` with these namespaces, and removes them with all that is in them, and the operator's kinds. */
export async function withNamespaces<T>(
  kube: Kube,
  { operators, jobs }: Namespaces,
  work: () => Promise<T>,
): Promise<T> {
  try {
    for (const name of [...operators, ...jobs]) await put(kube, of("v1", "Namespace", name));
    for (const object of jobs.flatMap(driversOf)) await put(kube, object);
    return await work();
  } finally {
    for (const name of [...jobs, ...operators])
      await kube.remove({ apiVersion: "v1", kind: "Namespace", name });
    await removeCrds(kube);
  }
}

/** Jobs that the platform has not made, to compare with, have a ConfigMap for their executors. */
const stockRule = { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "deletecollection"] };

function driversOf(namespace: string): readonly Fields[] {
  const rbac = "rbac.authorization.k8s.io";
  return [
    of("v1", "ServiceAccount", account, namespace),
    { ...of(`${rbac}/v1`, "Role", account, namespace), rules: [...driverRules, stockRule] },
    {
      ...of(`${rbac}/v1`, "RoleBinding", account, namespace),
      roleRef: { apiGroup: rbac, kind: "Role", name: account },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    },
  ];
}

function of(apiVersion: string, kind: string, name: string, namespace?: string): Fields {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

async function put(kube: Kube, object: Fields): Promise<void> {
  await kube.apply(object, { fieldManager: "spark-platform-bench" });
}
