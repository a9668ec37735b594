/** What ends whatever a helper has started: a test's context, or a program's own end. */
export interface Scope {
  after(end: () => unknown): void;
}

/** A scope that its owner closes: the last that was started ends first. */
export class OwnScope implements Scope {
  readonly #ends: (() => unknown)[] = [];

  after(end: () => unknown): void {
    this.#ends.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
