const mostCharacters = 8 * 1024 * 1024;

/** The last lines of a log: as many as were asked for, or fewer where they are long. */
export class Tail {
  readonly #most: number;
  #lines: string[] = [];
  /** Those before it have been pushed out; they are let go of now and then, since that takes a copy. */
  #from = 0;
  #characters = 0;

  constructor(most: number) {
    this.#most = most;
  }

  push(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    while (this.#lines.length - this.#from > this.#most || this.#characters > mostCharacters) {
      this.#characters -= this.#lines[this.#from]?.length ?? 0;
      this.#from += 1;
    }
    if (this.#from > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#from);
      this.#from = 0;
    }
  }

  lines(): readonly string[] {
    return this.#lines.slice(this.#from);
  }
}
