import { setTimeout as delay } from "node:timers/promises";

import { listAt, textAt } from "../../local/kube/json.ts";
import type { Kube } from "../../local/kube/kube.ts";
import { until } from "../../local/kube/wait.ts";

/** The kubelet looks at a container every ten seconds or so. */
const lookEveryMs = 5_000;

/**
 * Watches what the pods of a namespace hold, or those of them whose names have a part, and remembers the most: memory
 * that cannot be taken back from them, as the kubelet says
 * (https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md: container_memory_rss). Files that they have
 * read are not in it; the kernel forgets those before a limit is met.
 */
export class MemoryWatch {
  readonly #kube: Kube;
  readonly #namespace: string;
  readonly #pods: string;
  readonly #end = new AbortController();
  readonly #watching: Promise<void>;
  #most = 0;
  #lookedAt = 0;

  constructor(kube: Kube, namespace: string, pods = "") {
    this.#kube = kube;
    this.#namespace = namespace;
    this.#pods = pods;
    this.#watching = this.#watch();
    // What it failed with is told at the end.
    this.#watching.catch(() => undefined);
  }

  stop(): void {
    this.#end.abort();
  }

  /** Returns once the kubelet has looked at what is held now. */
  async lookedAgain(): Promise<void> {
    const now = Date.now();
    await until("the kubelet to look at the memory", 60_000, () =>
      Promise.resolve(this.#lookedAt > now ? { done: undefined } : { waiting: "not since it was asked for" }),
    );
  }

  /** After the stop: the most of any pod, in MiB. @throws where a container has ended, as for want of memory. */
  async most(): Promise<number> {
    await this.#watching;
    const pods = await this.#kube.list("v1", "Pod", { namespace: this.#namespace });
    const ends = pods.flatMap((pod) =>
      listAt(pod, "status", "containerStatuses").flatMap(
        (status) => textAt(status, "lastState", "terminated", "reason") ?? [],
      ),
    );
    if (ends.length > 0) throw new Error(`a container of ${this.#namespace} ended: ${ends.join(", ")}`);
    if (this.#most === 0) throw new Error(`the kubelet says nothing of ${this.#namespace}`);
    return this.#most / 2 ** 20;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      for (const { bytes, atMs } of await this.#held()) {
        this.#most = Math.max(this.#most, bytes);
        this.#lookedAt = Math.max(this.#lookedAt, atMs);
      }
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #held(): Promise<readonly Held[]> {
    const [node] = await this.#kube.list("v1", "Node");
    const name = textAt(node, "metadata", "name") ?? "";
    const metrics = await this.#kube.request("GET", `/api/v1/nodes/${name}/proxy/metrics/cadvisor`);
    return held(String(metrics), this.#namespace, this.#pods);
  }
}

/** What the kubelet saw when it looked, in milliseconds since 1970. */
export interface Held {
  readonly bytes: number;
  readonly atMs: number;
}

/**
 * Of each pod of the namespace whose name has that part, and of its containers where the kubelet tells them apart; in
 * Prometheus' text format.
 */
export function held(metrics: string, namespace: string, pods = ""): readonly Held[] {
  return metrics
    .split("\n")
    .filter(
      (line) =>
        line.startsWith("container_memory_rss{") &&
        line.includes(`namespace="${namespace}"`) &&
        /pod="([^"]*)"/.exec(line)?.[1]?.includes(pods) === true,
    )
    .map((line) => {
      const [, bytes, atMs] = /\} (\S+) (\d+)/.exec(line) ?? [];
      return { bytes: Number(bytes), atMs: Number(atMs) };
    });
}
