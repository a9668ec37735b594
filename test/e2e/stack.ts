import { at, isRecord, type Fields } from "../../local/kube/json.ts";
import { localStack, recordOf } from "../../local/stack.ts";
import type { E2eEnvironment } from "./environment.ts";

/** A job of a stack file. */
export type Job = Fields & { readonly namespace: string };

/** The team whose jobs the test runs. */
export const team = "analytics";

/** Small enough that a dozen fit on one node: Spark takes no heap below 450 MiB. */
const small = { coreRequest: "100m", memory: "512m" };

/** The store in the cluster, its data in this volume. */
export function inClusterStorage(volume: Fields): Fields {
  return { ...recordOf(localStack()["storage"]), volume };
}

/** A store that the platform did not make. */
export function existingStorage(endpoint: string, keys: Fields): Fields {
  const { bucket, objects } = recordOf(localStack()["storage"]);
  return {
    kind: "existing",
    bucket,
    objects,
    endpoint,
    keys: { admin: keys, jobs: keys, history: keys, operator: keys, registry: keys, gateway: keys },
  };
}

/** The local stack's configuration, fitted to the cluster of the test. */
export function e2eStack(
  environment: E2eEnvironment,
  storage: Fields,
  jobs: Readonly<Record<string, Job>>,
): Fields {
  const { chart, registry, kubeconfig } = environment;
  return {
    ...localStack(),
    cluster: { kubeconfigPath: kubeconfig, identifier: "e2e" },
    images: { registry },
    storage,
    // Each suite has the pages and the API that it is about.
    ui: { kind: "none" },
    gateway: { kind: "none" },
    operator: { workers: 3, cpu: "200m", ...(chart !== undefined && { chart }) },
    namespaces: [{ name: team, quota: { cpu: "20", memory: "64Gi", pods: 100 } }],
    jobDefaults: { driver: small, executor: { ...small, instances: 1 } },
    jobs,
  };
}

/** A job of the local stack, as its users see it. */
export function localJob(name: string): Job {
  const found = at(localStack(), "jobs", name);
  if (!isRecord(found)) throw new Error(`the local stack has no job ${name}`);
  return job(found);
}

/** A job of the test itself. */
export function job(fields: Fields): Job {
  return { ...fields, namespace: team };
}
