import { textAt, listAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import { host } from "./names.ts";
import type { Undo } from "./undo.ts";
import { dockerConfig, type User } from "./users.ts";

const namespace = "e2e-registry-vm";
const pullSecret = "registry";
const manager = { fieldManager: "e2e" };

/** How a pod ended: what it printed, or why it never ran. */
export type PodEnd = { readonly printed: string } | { readonly problem: string };

/** The cluster's node, which runs images of the registry. */
export class ClusterNode {
  readonly #kube: Kube;

  private constructor(kube: Kube) {
    this.#kube = kube;
  }

  static async open(undo: Undo, kube: Kube): Promise<ClusterNode> {
    const removeNamespace = async (): Promise<void> => {
      const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
      await kube.remove(ref);
      await until("the namespace to be gone", 180_000, async () =>
        (await kube.find(ref)) === undefined ? { done: undefined } : { waiting: "it is there" },
      );
    };
    // Also what a run that was killed has left.
    await removeNamespace();
    undo.add("namespace", removeNamespace);
    await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, manager);
    return new ClusterNode(kube);
  }

  /** Gives pods the pull secret. */
  async logIn(user: User): Promise<void> {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/dockerconfigjson",
      metadata: { namespace, name: pullSecret },
      stringData: { ".dockerconfigjson": dockerConfig(host, user) },
    };
    await this.#kube.apply(secret, { ...manager, force: true });
  }

  /** Runs an image of the registry that has /hello, to its end or to the first failure to pull it. */
  async run(
    name: string,
    image: string,
    pullPolicy: "Always" | "IfNotPresent",
    secret = true,
  ): Promise<PodEnd> {
    const container = {
      name: "hello",
      image: `${host}/${image}`,
      imagePullPolicy: pullPolicy,
      command: ["cat", "/hello"],
    };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace, name },
      spec: {
        restartPolicy: "Never",
        containers: [container],
        ...(secret && { imagePullSecrets: [{ name: pullSecret }] }),
      },
    };
    await this.#kube.apply(pod, manager);
    const ref = { apiVersion: "v1", kind: "Pod", namespace, name };
    return until<PodEnd>(`pod ${name}`, 120_000, async () => {
      const live = await this.#kube.read(ref);
      const phase = textAt(live, "status", "phase") ?? "";
      if (phase === "Succeeded") {
        const path = await this.#kube.pathOf(ref);
        return { done: { printed: String(await this.#kube.request("GET", `${path}/log`)) } };
      }
      const [status] = listAt(live, "status", "containerStatuses");
      const reason = textAt(status, "state", "waiting", "reason") ?? "";
      const message = textAt(status, "state", "waiting", "message") ?? "";
      return reason === "ErrImagePull" ? { done: { problem: message } } : { waiting: `${phase} ${reason}` };
    });
  }
}
