import { at, canonical, refOfKind, type Fields } from "../../kube/json.ts";

const workload = ["spec.selector"];

/** The fields whose change the provider answers with a replacement, as far as this project may meet them. */
const fields: Readonly<Record<string, readonly string[] | undefined>> = {
  "v1/ConfigMap": ["binaryData", "data"],
  "v1/PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
  ],
  "v1/PersistentVolume": ["spec.hostPath", "spec.local", "spec.nfs", "spec.csi"],
  "v1/Pod": ["spec"],
  "v1/ResourceQuota": ["spec.scopes"],
  // Its data may change: the program's provider has enableSecretMutable.
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
  "apps/v1/DaemonSet": workload,
  "apps/v1/Deployment": workload,
  "apps/v1/StatefulSet": [
    ...workload,
    "spec.podManagementPolicy",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
};

/** Whether an object that keeps its name has to go before its next form can be made. */
export function mustReplace(before: Fields, after: Fields): boolean {
  const paths = fields[refOfKind(after)] ?? [];
  return paths.some((path) => {
    const steps = path.split(".");
    return canonical(at(before, ...steps) ?? null) !== canonical(at(after, ...steps) ?? null);
  });
}
