import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { parseJson } from "../../local/kube/json.ts";
import { newEnvironment, pip } from "../../local/python.ts";
import { buildWheel } from "../python/client.ts";

/** What a user of the client has in the environment. */
export type Environment = Readonly<Record<string, string>>;

export interface Run {
  readonly arguments: readonly string[];
  readonly environment: Environment;
  /** Hears of each line on stdout. */
  readonly onLine?: (line: string) => void;
}

/** The Python client as its users have it: its wheel, installed with nothing else, and scripts of test/e2e/python. */
export class PythonClient {
  readonly #folder: string;
  readonly #programs: string;

  private constructor(folder: string, programs: string) {
    this.#folder = folder;
    this.#programs = programs;
  }

  static async install(): Promise<PythonClient> {
    const folder = mkdtempSync(join(tmpdir(), "e2e-python-"));
    const programs = await newEnvironment(join(folder, "environment"));
    await pip(programs, [await buildWheel(folder)]);
    return new PythonClient(folder, programs);
  }

  /** A file for a user to have, such as a program. Returns its path. */
  file(name: string, content: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** A folder for a user's tokens, empty. */
  newTokens(): string {
    return mkdtempSync(join(this.#folder, "tokens-"));
  }

  /** Runs a script to its end, and returns the lines that it wrote. @throws AssertionError where it fails. */
  async run(script: string, { arguments: given, environment, onLine }: Run): Promise<readonly string[]> {
    const path = fileURLToPath(new URL(`python/${script}.py`, import.meta.url));
    const python = join(this.#programs, "python");
    // Nothing of the checkout: `-I` takes no module from beside the script either.
    const child = spawn(python, ["-I", path, ...given], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.#folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    const errors: string[] = [];
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      onLine?.(line);
    });
    createInterface(child.stderr).on("line", (line) => errors.push(line));
    const code = await once(child, "close").then(([exit]: unknown[]) => exit);
    assert.equal(code, 0, [...lines, ...errors].join("\n"));
    return lines;
  }

  /** What a script writes as its last line, of JSON. */
  async result(script: string, run: Run): Promise<unknown> {
    return parseJson((await this.run(script, run)).at(-1) ?? "");
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
