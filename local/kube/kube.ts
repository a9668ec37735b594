import type { Agent } from "node:http";
import https from "node:https";
import { readFileSync } from "node:fs";

import { KubeConfig } from "@kubernetes/client-node";

import { isRecord, listAt, parseJson, textAt, type Fields } from "./json.ts";

/** Names one object; `namespace` is left out for cluster-wide kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take fields over that another manager owns, instead of failing with a conflict. */
  readonly force?: boolean;
  readonly warn?: (message: string) => void;
}

interface RequestOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly warn?: ((message: string) => void) | undefined;
}

export class KubeError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "KubeError";
    this.status = status;
  }
}

/**
 * The API server as JSON in and JSON out. The library's typed client drops fields that it does not know and turns
 * times into dates; a test must send and see what is really there. The library reads the kubeconfig and signs in.
 */
export class Kube {
  readonly config: KubeConfig;
  readonly #connections: Agent | undefined;
  readonly #resources = new Map<string, { readonly path: string; readonly namespaced: boolean }>();

  /** `connections`: kept, for who asks thousands of times; the library makes a new one for each request. */
  constructor(config: KubeConfig, connections?: Agent) {
    this.config = config;
    this.#connections = connections;
  }

  /** From a kubeconfig's path or its text. */
  static open(kubeconfig: string, connections?: Agent): Kube {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig.includes("\n") ? kubeconfig : readFileSync(kubeconfig, "utf8"));
    return new Kube(config, connections);
  }

  async find(ref: ObjectRef): Promise<Fields | undefined> {
    try {
      return await this.read(ref);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  async read(ref: ObjectRef): Promise<Fields> {
    return fields(await this.request("GET", await this.pathOf(ref)));
  }

  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<readonly Fields[]> {
    const { namespace, ...query } = options;
    const path = await this.pathOf({ apiVersion, kind, namespace, name: "" }, namespace === undefined);
    return listAt(await this.request("GET", path, { query }), "items").filter(isRecord);
  }

  /** Server-side apply: creates or changes; the answer is the live object. */
  async apply(object: Fields, options: ApplyOptions): Promise<Fields> {
    const query = {
      fieldManager: options.fieldManager,
      force: options.force === true ? "true" : "false",
      fieldValidation: "Warn",
    };
    const contentType = "application/apply-patch+yaml";
    const path = await this.pathOf(refOf(object));
    return fields(
      await this.request("PATCH", path, { query, body: object, contentType, warn: options.warn }),
    );
  }

  /** Merge patch, for what a test changes by hand. */
  async patch(ref: ObjectRef, change: Fields): Promise<Fields> {
    const contentType = "application/merge-patch+json";
    return fields(await this.request("PATCH", await this.pathOf(ref), { body: change, contentType }));
  }

  /** Asks for the deletion; false where the object is not there. Finalizers may keep it for a while. */
  async remove(ref: ObjectRef): Promise<boolean> {
    try {
      await this.request("DELETE", await this.pathOf(ref));
      return true;
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return false;
      throw error;
    }
  }

  /** Any path below the server, such as `/version`; JSON is parsed, anything else comes back as text. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const server = this.config.getCurrentCluster()?.server;
    if (server === undefined) throw new Error("the kubeconfig names no cluster in its current context");
    const url = new URL(server.replace(/\/$/, "") + path);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const answer = await this.#send(method, url, options);
    const value = answer.type.includes("json") && answer.body !== "" ? parseJson(answer.body) : answer.body;
    if (answer.status < 300) return value;
    throw new KubeError(
      answer.status,
      textAt(value, "message") ?? `${method} ${path}: HTTP ${answer.status}`,
    );
  }

  async #send(method: string, url: URL, options: RequestOptions): Promise<Answer> {
    const signed: https.RequestOptions = { method, headers: { accept: "application/json, */*" } };
    await this.config.applyToHTTPSOptions(signed);
    if (this.#connections !== undefined) signed.agent = this.#connections;
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      ...fields(signed.headers),
      "content-type": options.contentType ?? "application/json",
      // Of a DELETE, Node tells none by itself: the server would see no body, and take it for the next request.
      "content-length": Buffer.byteLength(body ?? ""),
    };
    return new Promise((resolve, reject) => {
      const request = https.request(url, { ...signed, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          for (const warning of [response.headers.warning ?? []].flat()) options.warn?.(warning);
          const type = response.headers["content-type"] ?? "";
          resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks).toString("utf8") });
        });
      });
      request.on("error", (error) => {
        reject(new Error(`the cluster at ${url.origin} does not answer: ${error.message}`, { cause: error }));
      });
      request.end(body);
    });
  }

  /** The address of an object, or of its kind's collection. */
  async pathOf(ref: ObjectRef, allNamespaces = false): Promise<string> {
    const root = ref.apiVersion.includes("/") ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
    const resource = await this.#resource(root, ref.apiVersion, ref.kind);
    const scope = resource.namespaced && !allNamespaces ? `/namespaces/${ref.namespace ?? "default"}` : "";
    return `${root}${scope}/${resource.path}${ref.name === "" ? "" : `/${encodeURIComponent(ref.name)}`}`;
  }

  /** Whether objects of this kind live in a namespace. */
  async namespaced(apiVersion: string, kind: string): Promise<boolean> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return (await this.#resource(root, apiVersion, kind)).namespaced;
  }

  async #resource(
    root: string,
    apiVersion: string,
    kind: string,
  ): Promise<{ path: string; namespaced: boolean }> {
    const key = `${apiVersion}/${kind}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    for (const entry of listAt(await this.request("GET", root), "resources")) {
      const path = textAt(entry, "name") ?? "";
      if (path.includes("/")) continue;
      const namespaced = isRecord(entry) && entry["namespaced"] === true;
      this.#resources.set(`${apiVersion}/${textAt(entry, "kind") ?? ""}`, { path, namespaced });
    }
    const found = this.#resources.get(key);
    if (found === undefined)
      throw new KubeError(404, `the cluster does not know the kind ${kind} of ${apiVersion}`);
    return found;
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export function refOf(object: unknown): ObjectRef {
  return {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    name: textAt(object, "metadata", "name") ?? "",
    namespace: textAt(object, "metadata", "namespace"),
  };
}

export function describeRef(ref: ObjectRef): string {
  return ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
