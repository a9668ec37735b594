import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { memoryMiB, nodeOptions } from "../../../components/gateway/gateway-pod.ts";
import { serving, spawnGateway } from "../../../gateway/test/processes/spawn.ts";
import { samplePlatform } from "../../../gateway/test/support/job-samples.ts";
import { hashToken, mintToken } from "../../../gateway/src/tokens/token.ts";
import { platform } from "../../jobs/manifest/samples.ts";
import { leftovers, removeCrds } from "../../../local/kube/leftovers.ts";
import { readFixtureCrds } from "../../support/crd-schema.ts";
import { textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { Kube } from "../../../local/kube/kube.ts";
import { CannotRunError } from "../bench.ts";
import { Client } from "./client.ts";

/** All that is made in the cluster is in it, but for the kind itself. */
const namespace = "bench-gateway";
export const fieldManager = "spark-platform-bench";
export const applications = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication" };

/**
 * A cluster that knows SparkApplications and has nobody who runs them, so that nothing but the gateway and the API server
 * is measured.
 */
export interface Scene {
  readonly kube: Kube;
  readonly namespace: string;
  /** A gateway with a database of its own, which `prepare` may fill before it starts. */
  startGateway(options?: GatewayOptions): Promise<Gateway>;
  /** Ends the gateways, and removes all that was made. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly prepare?: (databaseFile: string) => Promise<void>;
  /** Where its jobs run. Default: in the scene's. */
  readonly namespaces?: readonly string[];
}

export interface Gateway {
  /** Calls it as the user `alice`. */
  readonly alice: Client;
  /** MiB that its process holds. */
  memory(): Promise<number>;
  /** Applications that it knows to have succeeded. */
  succeeded(): Promise<number>;
  stop(): Promise<void>;
}

/** @throws CannotRunError where there is no cluster, or one that a platform is in. */
export async function openScene(): Promise<Scene> {
  const { KUBECONFIG: kubeconfig } = process.env;
  if (!kubeconfig) {
    throw new CannotRunError("set KUBECONFIG: the kubeconfig of a cluster that may be filled and emptied");
  }
  const kube = Kube.open(kubeconfig);
  const found = await leftovers(kube);
  if (found.length > 0) throw new CannotRunError(`the cluster is not empty: ${found.join(", ")}`);
  const running: Gateway[] = [];
  const scene: Scene = {
    kube,
    namespace,
    startGateway: async (options = {}) => {
      const gateway = await startGateway(kubeconfig, options);
      running.push(gateway);
      return gateway;
    },
    close: async () => {
      await Promise.all(running.map((gateway) => gateway.stop()));
      await removeNamespace(kube);
      await removeCrds(kube);
    },
  };
  try {
    await makeKind(kube);
    await kube.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      { fieldManager },
    );
  } catch (error) {
    await scene.close();
    throw error;
  }
  return scene;
}

/** The operator's kind, with its schema. */
async function makeKind(kube: Kube): Promise<void> {
  const [group = "", version = ""] = applications.apiVersion.split("/");
  const plural = "sparkapplications";
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      // Kubernetes asks for its maintainers' approval of a group of theirs; the operator says the same.
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubeflow/spark-operator/pull/1298" },
    },
    spec: {
      group,
      names: {
        kind: applications.kind,
        listKind: "SparkApplicationList",
        plural,
        singular: "sparkapplication",
      },
      scope: "Namespaced",
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: readFixtureCrds().SparkApplication },
          subresources: { status: {} },
        },
      ],
    },
  };
  await kube.apply(crd, { fieldManager });
  await until("the kind to be served", 30_000, async () => {
    const path = `/apis/${applications.apiVersion}/${plural}`;
    const served = await kube.request("GET", path).then(
      () => true,
      () => false,
    );
    return served ? { done: undefined } : { waiting: "not found" };
  });
}

async function removeNamespace(kube: Kube): Promise<void> {
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  await kube.remove(ref);
  await until("the namespace to be gone", 300_000, async () =>
    (await kube.find(ref)) === undefined ? { done: undefined } : { waiting: "it is there" },
  );
}

/**
 * With its options and with the heap that it has in its pod: V8 takes half of the memory that there is
 * (https://github.com/v8/v8/blob/main/src/heap/heap.cc, HeapLimitMultiplier), and frees none without need.
 */
export async function startGateway(kubeconfig: string, options: GatewayOptions): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-bench-"));
  await options.prepare?.(join(folder, "gateway.sqlite"));
  const registerToken = mintToken("register");
  const names = options.namespaces ?? [namespace];
  const platformFile = join(folder, "platform.json");
  const endless = 1_000_000;
  const limits = { perUserPerMinute: endless, perMinute: endless };
  writeFileSync(
    platformFile,
    JSON.stringify(samplePlatform({ namespaces: Object.fromEntries(names.map(jobsIn)), limits })),
  );
  const spawned = spawnGateway({
    NODE_OPTIONS: [...nodeOptions, `--max-old-space-size=${memoryMiB / 2}`].join(" "),
    DATA_FOLDER: folder,
    BOOTSTRAP_TOKEN_SHA256: hashToken(registerToken),
    KUBECONFIG: kubeconfig,
    PLATFORM_FILE: platformFile,
  });
  const stop = async (): Promise<void> => {
    spawned.child.kill("SIGKILL");
    await spawned.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { api, metrics } = await serving(spawned);
    return {
      alice: await register(api, registerToken),
      memory: async () => (await metric(metrics, "process_resident_memory_bytes")) / 2 ** 20,
      succeeded: () => metric(metrics, 'spark_gateway_applications{state="SUCCEEDED"}'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function jobsIn(name: string): readonly [string, typeof platform] {
  return [name, { ...platform, namespace: name }];
}

/** A user whose token lasts for the whole bench. */
async function register(api: string, registerToken: string): Promise<Client> {
  const nobody = new Client(api);
  const accessTokenOf = async (token: unknown): Promise<string> =>
    textAt(await nobody.send("POST", "/v1/tokens/register", { registerToken: token }), "accessToken") ?? "";
  const admin = new Client(api, await accessTokenOf(registerToken));
  const wish = { clientName: "alice", accessLifetimeSeconds: 86_400 };
  const made = await admin.send("POST", "/v1/tokens/register-tokens", wish);
  return new Client(api, await accessTokenOf(textAt(made, "registerToken")));
}

/** @throws where the gateway does not tell it. */
async function metric(metrics: string, series: string): Promise<number> {
  const text = await (await fetch(`${metrics}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  if (line === undefined) throw new Error(`the gateway does not tell ${series}`);
  return Number(line.slice(series.length));
}
