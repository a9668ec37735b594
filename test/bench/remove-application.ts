import { until } from "../../local/kube/wait.ts";
import type { Kube, ObjectRef } from "../../local/kube/kube.ts";

const timeoutMs = 180_000;

/** Removes an application with its pods, so that the next one has the machine. */
export async function removeApplication(kube: Kube, ref: ObjectRef): Promise<void> {
  await kube.remove(ref);
  const { namespace = "" } = ref;
  const labelSelector = `sparkoperator.k8s.io/app-name=${ref.name}`;
  await until(`${ref.name} to be gone`, timeoutMs, async () => {
    const application = await kube.find(ref);
    const pods = await kube.list("v1", "Pod", { namespace, labelSelector });
    return application === undefined && pods.length === 0
      ? { done: undefined }
      : { waiting: `${pods.length} pods are there` };
  });
}
