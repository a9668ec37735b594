/** What the reader sees while it works: on standard error, one line a message. */
import { jarFile } from "./recipe.ts";
import type { Jar } from "./versions.ts";

export function say(text: string): void {
  console.error(`images: ${text}`);
}

/** The time since `started` (of `performance.now()`). */
export function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/** A size as people read it. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;
}

/** A line when a jar is whole; for a large one also at its start and every few seconds. */
export class DownloadProgress {
  readonly #started = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  readonly #intervalMs: number;
  readonly #tell: (text: string) => void;

  constructor(intervalMs = 5000, tell: (text: string) => void = say) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
  }

  readonly update = (jar: Jar, bytes: number, total: number | undefined): void => {
    const now = performance.now();
    const file = jarFile(jar);
    const started = this.#started.get(file) ?? now;
    this.#started.set(file, started);
    const shown = this.#shown.get(file);
    const large = total === undefined || total > 10e6;
    const due = shown === undefined ? large : now - shown >= this.#intervalMs;
    const whole = bytes === total;
    if (!due && !whole) return;
    this.#shown.set(file, now);
    const amount = total === undefined || whole ? size(bytes) : `${size(bytes)} of ${size(total)}`;
    this.#tell(`${file}: ${amount}, ${seconds(started)}`);
  };
}
