import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";

import { messageOf } from "../../images/errors.ts";
import { seconds } from "../../images/progress.ts";
import type { Say } from "../cluster/cluster.ts";
import { places } from "./places.ts";

/** A step that failed: which, and what it has to say. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/** What the demo does, a step after the other, each with its time; what tools say goes to a file. */
export class Steps {
  readonly #signal: AbortSignal;
  readonly #total: number;
  readonly #begun = performance.now();
  #count = 0;
  #last: string[] = [];

  constructor(total: number, signal: AbortSignal) {
    this.#signal = signal;
    this.#total = total;
    mkdirSync(places.folder, { recursive: true, mode: 0o700 });
    writeFileSync(places.log, `${new Date().toISOString()}\n`, { mode: 0o600 });
  }

  /** @throws StepError, or what the interruption throws. */
  async run<T>(title: string, action: (say: Say) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    const begun = performance.now();
    this.#count++;
    this.#last = [];
    print(`\n[${this.#count}/${this.#total}] ${title}`);
    this.log(`== ${title}`);
    try {
      const result = await action((line) => {
        print(`      ${line}`);
        this.log(line);
      });
      this.#signal.throwIfAborted();
      print(`      done in ${seconds(begun)}`);
      return result;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.log(messageOf(error));
      const said = this.#last.map((line) => `  | ${line}`);
      const why = `${title}: failed after ${seconds(begun)}: ${messageOf(error)}`;
      throw new StepError([...said, why].join("\n"), { cause: error });
    }
  }

  /** A line of a tool's, for the file; the last ones are shown where the step fails. */
  readonly tool: Say = (line) => {
    this.#last = [...this.#last.slice(-14), line];
    this.log(line);
  };

  log(line: string): void {
    appendFileSync(places.log, `${line}\n`);
  }

  get seconds(): string {
    return seconds(this.#begun);
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
