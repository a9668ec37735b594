import type { Sighting } from "../kubernetes/cluster.ts";

interface Named {
  readonly metadata: { readonly name: string; readonly uid: string };
}

/** The objects of a kind as a watch has told of them, by groups. */
export class ObjectsSeen<T extends Named> {
  readonly #groupOf: (object: T) => string | undefined;
  /** Group -> uid -> object. */
  readonly #groups = new Map<string, Map<string, T>>();
  #isListed = false;

  /** `groupOf`: undefined for what nobody will ask for. */
  constructor(groupOf: (object: T) => string | undefined) {
    this.#groupOf = groupOf;
  }

  /** Whether all there is was told once. */
  get isListed(): boolean {
    return this.#isListed;
  }

  of(group: string): readonly T[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Takes note. Returns the groups of which something may have changed. */
  take(sighting: Sighting<T>): readonly string[] {
    switch (sighting.type) {
      case "interrupted":
        return [];
      case "listed": {
        const before = this.groups();
        this.#groups.clear();
        for (const item of sighting.items) this.#put(item);
        this.#isListed = true;
        return [...new Set([...before, ...this.groups()])];
      }
      case "changed":
      case "gone": {
        const group = this.#groupOf(sighting.object);
        if (group === undefined) return [];
        if (sighting.type === "changed") this.#put(sighting.object);
        else this.#remove(group, sighting.object.metadata.uid);
        return [group];
      }
    }
  }

  #put(object: T): void {
    const group = this.#groupOf(object);
    if (group === undefined) return;
    const members = this.#groups.get(group) ?? new Map<string, T>();
    this.#groups.set(group, members.set(object.metadata.uid, object));
  }

  #remove(group: string, uid: string): void {
    const members = this.#groups.get(group);
    members?.delete(uid);
    if (members?.size === 0) this.#groups.delete(group);
  }
}
