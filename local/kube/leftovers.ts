import { textAt } from "./json.ts";
import { until } from "./wait.ts";
import { describeRef, refOf, type Kube } from "./kube.ts";

const crdKind = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };

/** Kinds outside of namespaces that the platform or its operator makes. */
const clusterKinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["v1", "Namespace"],
  ["v1", "PersistentVolume"],
  ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
  ["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"],
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"],
  [crdKind.apiVersion, crdKind.kind],
];

/** Everything of a platform that is in the cluster. Namespaces hold the rest, so that theirs are enough. */
export async function leftovers(kube: Kube): Promise<string[]> {
  const lists = await Promise.all(
    clusterKinds.map(async ([apiVersion, kind]) => {
      const objects = await kube.list(apiVersion, kind);
      return objects.filter(isPlatform).map((object) => describeRef({ ...refOf(object), apiVersion, kind }));
    }),
  );
  return lists.flat();
}

function isPlatform(object: unknown): boolean {
  const name = textAt(object, "metadata", "name") ?? "";
  const partOf = textAt(object, "metadata", "labels", "app.kubernetes.io/part-of");
  return partOf === "spark-platform" || name.includes("spark-") || name.endsWith(".sparkoperator.k8s.io");
}

/** Removes the operator's CRDs, with all that is left of their kinds. */
export async function removeCrds(kube: Kube): Promise<void> {
  const crds = (await kube.list(crdKind.apiVersion, crdKind.kind)).map(refOf);
  const ours = crds.filter(({ name }) => name.endsWith(".sparkoperator.k8s.io"));
  for (const { name } of ours) await kube.remove({ ...crdKind, name });
  await until("the CRDs to be gone", 60_000, async () => {
    const found = await Promise.all(ours.map(({ name }) => kube.find({ ...crdKind, name })));
    const left = found.filter((crd) => crd !== undefined).length;
    return left === 0 ? { done: undefined } : { waiting: `${left} of ${ours.length} are there` };
  });
}
