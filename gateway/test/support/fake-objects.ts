import { randomUUID } from "node:crypto";

import { at, isRecord, listAt, recordAt, textAt, type Fields } from "../../../local/kube/json.ts";

export type Plural = "sparkapplications" | "configmaps" | "pods" | "events";

/** An object in an API server: of any kind, so its fields are looked up. */
export type KubeObject = Fields & { readonly metadata: Fields };

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly plural: Plural;
  readonly version: number;
  readonly object: KubeObject;
}

/** The objects of a cluster, with their versions and a history that watches go on from. */
export class FakeObjects {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<(change: Change) => void>();
  #history: Change[] = [];
  #version = 1000;
  /** The newest version that the history no longer knows. */
  #forgotten = 1000;

  get version(): number {
    return this.#version;
  }

  get(plural: Plural, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(keyOf(plural, namespace, name));
  }

  list(plural: Plural, namespace?: string): readonly KubeObject[] {
    const prefix = namespace === undefined ? `${plural}/` : `${plural}/${namespace}/`;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
  }

  /** Adds an object, or puts it in the place of the one of its name, whose uid it keeps. */
  put(plural: Plural, object: object): KubeObject {
    const given = recordAt(object, "metadata");
    const [namespace, name] = [textAt(given, "namespace") ?? "", textAt(given, "name") ?? ""];
    const before = this.get(plural, namespace, name);
    const version = ++this.#version;
    const metadata = {
      uid: randomUUID(),
      creationTimestamp: new Date().toISOString(),
      ...(before && { uid: at(before, "metadata", "uid") }),
      ...given,
      resourceVersion: String(version),
    };
    const stored: KubeObject = { ...object, metadata };
    this.#objects.set(keyOf(plural, namespace, name), stored);
    this.#tell({ type: before === undefined ? "ADDED" : "MODIFIED", plural, version, object: stored });
    return stored;
  }

  /** Lays `status` over the one that the object has, as a controller does. */
  setStatus(plural: Plural, namespace: string, name: string, status: Fields): KubeObject {
    const object = this.get(plural, namespace, name);
    if (object === undefined) throw new Error(`there is no ${plural}/${namespace}/${name}`);
    return this.put(plural, { ...object, status: { ...recordAt(object, "status"), ...status } });
  }

  /** Removes an object, and whatever it owns. */
  remove(plural: Plural, namespace: string, name: string): void {
    const object = this.get(plural, namespace, name);
    if (object === undefined) return;
    this.#objects.delete(keyOf(plural, namespace, name));
    const version = ++this.#version;
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    this.#tell({ type: "DELETED", plural, version, object: { ...object, metadata } });
    const uid = textAt(object, "metadata", "uid");
    for (const [key, owned] of this.#objects) {
      const owners = listAt(owned, "metadata", "ownerReferences").map((owner) => textAt(owner, "uid"));
      if (!owners.includes(uid)) continue;
      const [ownedPlural] = key.split("/");
      if (isPlural(ownedPlural)) this.remove(ownedPlural, namespace, textAt(owned, "metadata", "name") ?? "");
    }
  }

  /** Forgets what happened so far: a watch from before is told that it has expired. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#version;
  }

  /** Tells `listener` of all changes after a version. Undefined: the version is too old. */
  follow(from: number, listener: (change: Change) => void): (() => void) | undefined {
    if (from < this.#forgotten) return undefined;
    for (const change of this.#history) if (change.version > from) listener(change);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const listener of this.#listeners) listener(change);
  }
}

export function isPlural(text: string | undefined): text is Plural {
  return text !== undefined && ["sparkapplications", "configmaps", "pods", "events"].includes(text);
}

/** `key=value` and `key`, with commas between, on labels; on fields, `a.b=value`. */
export function matches(object: unknown, labels: string | null, fields: string | null): boolean {
  const parts = (selector: string | null): readonly string[] => selector?.split(",").filter(Boolean) ?? [];
  const label = (part: string): boolean => {
    const [key = "", value] = part.split("=");
    const found = recordAt(object, "metadata", "labels")[key];
    return value === undefined ? found !== undefined : found === value;
  };
  const field = (part: string): boolean => {
    const [path = "", value] = part.split("=");
    return at(object, ...path.split(".")) === value;
  };
  return isRecord(object) && parts(labels).every(label) && parts(fields).every(field);
}

function keyOf(plural: Plural, namespace: string, name: string): string {
  return `${plural}/${namespace}/${name}`;
}
