import { readFileSync, renameSync, writeFileSync } from "node:fs";

import { isRecord, parseJson, type Fields } from "../../kube/json.ts";
import type { ObjectRef } from "../../kube/kube.ts";

/** One resource as the last run left it. */
export interface Entry {
  readonly urn: string;
  readonly inputs: Fields;
  /** `pending` from before it is made until it is ready: made perhaps, and to be removed in any case. */
  readonly status: "pending" | "done";
  readonly retainOnDelete: boolean;
  /** URN and id of the explicit provider, which leads to the cluster. */
  readonly provider: string | undefined;
  readonly deleteTimeout: string;
  readonly thing: Thing;
}

/** What stands behind a resource. */
export type Thing =
  | { readonly kind: "none" }
  | {
      readonly kind: "object";
      readonly ref: ObjectRef;
      readonly autonamed: boolean;
      readonly desired: Fields;
    }
  | { readonly kind: "release"; readonly name: string; readonly namespace: string; readonly chart: string }
  | { readonly kind: "value"; readonly id: string; readonly outputs: Fields };

interface Saved {
  readonly fieldManager: string;
  readonly entries: readonly Entry[];
  readonly replaced: readonly Entry[];
}

/**
 * The stack's state in a file that only its owner may read: it holds secrets. Each change is on disk before the
 * call returns, so that a run that dies leaves nothing that is not known.
 */
export class StateFile {
  readonly fieldManager: string;
  readonly #path: string;
  readonly #entries: Map<string, Entry>;
  #replaced: readonly Entry[];

  private constructor(path: string, saved: Saved) {
    this.#path = path;
    this.fieldManager = saved.fieldManager;
    this.#entries = new Map(saved.entries.map((entry) => [entry.urn, entry]));
    this.#replaced = saved.replaced;
  }

  static create(path: string, fieldManager: string): StateFile {
    const state = new StateFile(path, { fieldManager, entries: [], replaced: [] });
    state.#save();
    return state;
  }

  static open(path: string): StateFile {
    const saved = parseJson(readFileSync(path, "utf8"));
    if (!isSaved(saved)) throw new Error(`${path} is not the state of a stack`);
    return new StateFile(path, saved);
  }

  get(urn: string): Entry | undefined {
    return this.#entries.get(urn);
  }

  /** Puts the entry last: the order is that of the latest registration. */
  put(entry: Entry): void {
    this.#entries.delete(entry.urn);
    this.#entries.set(entry.urn, entry);
    this.#save();
  }

  remove(entry: Entry): void {
    if (this.#entries.get(entry.urn) === entry) this.#entries.delete(entry.urn);
    this.#replaced = this.#replaced.filter((each) => each !== entry);
    this.#save();
  }

  /** Drops what turned out never to have been made. */
  forget(urn: string): void {
    this.#entries.delete(urn);
    this.#save();
  }

  /** Keeps what a replacement took the place of, until it is removed. */
  setAside(entry: Entry): void {
    this.#entries.delete(entry.urn);
    this.#replaced = [...this.#replaced, entry];
    this.#save();
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  get replaced(): readonly Entry[] {
    return this.#replaced;
  }

  #save(): void {
    const saved: Saved = { fieldManager: this.fieldManager, entries: this.entries, replaced: this.#replaced };
    writeFileSync(`${this.#path}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function isSaved(value: unknown): value is Saved {
  return isRecord(value) && typeof value["fieldManager"] === "string" && Array.isArray(value["entries"]);
}
