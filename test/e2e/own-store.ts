import { condition } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { Kube } from "../../local/kube/kube.ts";

const namespace = "e2e-store";
const labels = { app: "store" };
const options = { fieldManager: "e2e" };

/** The only key pair of this store. */
export const ownStoreKeys = { accessKeyId: "e2e", secretAccessKey: "e2e-secret-key" };

/** The address at which pods reach it. */
export const ownStoreUrl = `http://store.${namespace}.svc.cluster.local:7070`;

/** A store that the platform knows nothing of: one S3 server, empty, without users. */
export async function startOwnStore(kube: Kube): Promise<void> {
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, options);
  const container = {
    name: "store",
    image: "ghcr.io/versity/versitygw:v1.8.0",
    command: ["versitygw", "--port=:7070", "--health=/healthz", "posix", "/data"],
    env: [
      { name: "ROOT_ACCESS_KEY_ID", value: ownStoreKeys.accessKeyId },
      { name: "ROOT_SECRET_ACCESS_KEY", value: ownStoreKeys.secretAccessKey },
    ],
    readinessProbe: { httpGet: { path: "/healthz", port: 7070 }, periodSeconds: 1 },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  const pod = {
    metadata: { labels },
    spec: {
      securityContext: { fsGroup: 65532 },
      containers: [container],
      volumes: [{ name: "data", emptyDir: {} }],
    },
  };
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "store" };
  await kube.apply(
    {
      apiVersion: deployment.apiVersion,
      kind: deployment.kind,
      metadata: { namespace, name: "store" },
      spec: { selector: { matchLabels: labels }, template: pod },
    },
    options,
  );
  await kube.apply(
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name: "store" },
      spec: { selector: labels, ports: [{ port: 7070 }] },
    },
    options,
  );
  await until("the test's own store to be available", 60_000, async () => {
    const available = condition(await kube.read(deployment), "Available");
    return available?.status === "True"
      ? { done: undefined }
      : { waiting: available?.message ?? "no condition" };
  });
}

export async function stopOwnStore(kube: Kube): Promise<void> {
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  await kube.remove(ref);
  await until("the test's own store to be gone", 120_000, async () =>
    (await kube.find(ref)) === undefined ? { done: undefined } : { waiting: "the namespace is there" },
  );
}
