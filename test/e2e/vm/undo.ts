/** What a test must take back, last made first. */
export class Undo {
  readonly #steps: (readonly [what: string, step: () => unknown])[] = [];

  add(what: string, step: () => unknown): void {
    this.#steps.push([what, step]);
  }

  /** Takes everything back, also what comes after a step that failed. @throws with all that failed. */
  async all(): Promise<void> {
    const failed: string[] = [];
    for (const [what, step] of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failed.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failed.length > 0) throw new Error(`left behind: ${failed.join("; ")}`);
  }
}
