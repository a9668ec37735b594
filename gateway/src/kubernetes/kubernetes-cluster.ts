import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

import type { KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { Cluster, Kinds, LogOptions, NewApplication, NewConfigMap, Sighting } from "./cluster.ts";
import { kinds, pathOf, type KindOf } from "./kinds.ts";
import type { ObservedApplication, ObservedPod } from "./objects.ts";
import { PagedLists, type Listed } from "./pages.ts";
import { refusal, unreachable } from "./refusals.ts";
import { readText, TooLarge, Transport, type Ask } from "./transport.ts";
import { watchKind } from "./watch.ts";

const ownedSchema = z.object({
  metadata: z.object({ ownerReferences: z.array(z.object({ uid: z.string() })).default([]) }),
});

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** A cluster by its API server. */
export class KubernetesCluster implements Cluster {
  readonly #transport: Transport;
  readonly #lists = new PagedLists();
  readonly #patienceMs: number;

  /** `patienceMs`: how long the API server may take over one request; logs and watches must begin in that time. */
  constructor(config: KubeConfig, patienceMs = 10 * secondMs) {
    this.#transport = new Transport(config);
    this.#patienceMs = patienceMs;
  }

  async createApplication(
    application: NewApplication,
  ): Promise<{ existed: boolean; application: ObservedApplication }> {
    const { name, namespace } = application.metadata;
    const kind = kinds.applications;
    const answer = await this.#ask({ method: "POST", path: pathOf(kind, namespace), body: application });
    if (answer.status !== 409) return { existed: false, application: read(kind.schema, accepted(answer)) };
    const existing = await this.getApplication(namespace, name);
    // It went between the two requests; the next try finds the place free.
    if (existing === undefined) throw new Problem("cluster-unavailable", "try again");
    return { existed: true, application: existing };
  }

  async getApplication(namespace: string, name: string): Promise<ObservedApplication | undefined> {
    const kind = kinds.applications;
    const answer = await this.#ask({ method: "GET", path: pathOf(kind, namespace, name) });
    return answer.status === 404 ? undefined : read(kind.schema, accepted(answer));
  }

  async deleteApplication(namespace: string, name: string, uid?: string): Promise<void> {
    const answer = await this.#ask({
      method: "DELETE",
      path: pathOf(kinds.applications, namespace, name),
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        ...(uid !== undefined && { preconditions: { uid } }),
      },
    });
    // 409: it is another one, so that the one that was meant is gone.
    if (answer.status !== 404 && answer.status !== 409) accepted(answer);
  }

  async createConfigMap({ namespace, name, owner, data, binaryData }: NewConfigMap): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
    const { apiVersion, kind } = { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication" };
    const body = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace, name, ownerReferences: [{ apiVersion, kind, ...owner }] },
      immutable: true,
      data,
      binaryData,
    };
    const answer = await this.#ask({ method: "POST", path, body });
    if (answer.status !== 409) {
      accepted(answer);
      return;
    }
    const there = await this.#ask({ method: "GET", path: `${path}/${encodeURIComponent(name)}` });
    const { metadata } = read(ownedSchema, accepted(there));
    if (!metadata.ownerReferences.some(({ uid }) => uid === owner.uid)) {
      throw new Problem("cluster-unavailable", "the code of an earlier application is still being deleted");
    }
  }

  async listPods(namespace: string, labelSelector: string): Promise<readonly ObservedPod[]> {
    return (await this.#all(kinds.pods, namespace, { labelSelector })).items;
  }

  /** By a list, since the gateway may list pods and has no need to get one. */
  async findPod(namespace: string, name: string): Promise<ObservedPod | undefined> {
    return (await this.#all(kinds.pods, namespace, { fieldSelector: `metadata.name=${name}` })).items[0];
  }

  async podLog(
    namespace: string,
    pod: string,
    container: string,
    { follow, sinceTime, tailLines, timestamps }: LogOptions,
    signal?: AbortSignal,
  ): Promise<Readable> {
    const query = {
      container,
      sinceTime,
      ...(follow === true && { follow: "true" }),
      ...(timestamps === true && { timestamps: "true" }),
      ...(tailLines !== undefined && { tailLines: String(tailLines) }),
    };
    return this.#begin({ method: "GET", path: `${pathOf(kinds.pods, namespace, pod)}/log`, query }, signal);
  }

  watch<K extends keyof Kinds>(
    kind: K,
    namespace: string,
    labelSelector: string,
    signal: AbortSignal,
  ): AsyncIterable<Sighting<Kinds[K]>> {
    const of = kinds[kind];
    const selector = labelSelector === "" ? undefined : labelSelector;
    return watchKind(
      of.schema,
      {
        list: () => this.#all(of, namespace, { labelSelector: selector }),
        open: (query, until) =>
          this.#begin(
            { method: "GET", path: pathOf(of, namespace), query: { ...query, labelSelector: selector } },
            until,
          ),
      },
      signal,
    );
  }

  /** Ends the connections that are kept for later. */
  close(): void {
    this.#transport.close();
  }

  async #all<T>(kind: KindOf<T>, namespace: string, query: Ask["query"]): Promise<Listed<T>> {
    const path = pathOf(kind, namespace);
    try {
      return await this.#lists.all(kind.schema, async (page, maxBytes) =>
        accepted(await this.#ask({ method: "GET", path, query: { ...query, ...page } }, maxBytes)),
      );
    } catch (error) {
      throw unreachable(error);
    }
  }

  /** An answer as a whole, within the time it has. */
  async #ask(ask: Omit<Ask, "signal">, maxBytes?: number): Promise<Answered> {
    try {
      const answer = await this.#transport.send({ ...ask, signal: AbortSignal.timeout(this.#patienceMs) });
      return { status: answer.statusCode ?? 0, text: await readText(answer, maxBytes) };
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      throw unreachable(error);
    }
  }

  /** An answer that goes on, of which only the beginning has a limit. @throws Problem where it is no success. */
  async #begin(ask: Omit<Ask, "signal">, signal?: AbortSignal): Promise<IncomingMessage> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error("the API server took too long"));
    }, this.#patienceMs);
    try {
      const either = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
      const answer = await this.#transport.send({ ...ask, signal: either });
      const status = answer.statusCode ?? 0;
      if (status !== 200) throw refusal(status, await readText(answer));
      return answer;
    } catch (error) {
      throw unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The text of a success. @throws Problem where it is none. */
function accepted({ status, text }: Answered): string {
  if (status >= 200 && status < 300) return text;
  throw refusal(status, text);
}

/** @throws Problem where the API server, or what stands for it, answers what is not of this schema. */
function read<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw unreachable(error);
  }
}
