import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { capture, type Result, type RunOptions } from "../../../images/process.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Undo } from "./undo.ts";

/** Runs a command to its end, whatever that is. @throws where there is no such command. */
export async function attempt(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const result = await capture(command, args, { timeoutMs: 120_000, ...options });
  if (result === undefined) throw new Error(`${command} is not on PATH`);
  return result;
}

/** What a command wrote. @throws with its own words where it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

export interface DaemonOptions {
  /** File that gets its output. */
  readonly log: string;
  /** Its whole environment. Default: PATH alone. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that runs until the test takes it back, and never longer than the test's own. */
export class Daemon {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(child: ChildProcess, pid: number, log: string) {
    this.#child = child;
    this.pid = pid;
    this.#log = log;
  }

  static async start(
    undo: Undo,
    command: string,
    args: readonly string[],
    { log, env }: DaemonOptions,
  ): Promise<Daemon> {
    const out = openSync(log, "a");
    const path = process.env["PATH"] ?? "";
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      stdio: ["ignore", out, out],
      env: { PATH: path, ...env },
    });
    closeSync(out);
    await once(child, "spawn");
    const daemon = new Daemon(child, child.pid ?? 0, log);
    undo.add(command, () => daemon.stop());
    return daemon;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until it does what it is for. @throws with its output where it ends or takes longer. */
  async ready(what: string, probe: () => Promise<boolean>, timeoutMs = 20_000): Promise<this> {
    try {
      await until(
        what,
        timeoutMs,
        async () => {
          if (!this.running) throw new Error(`${what} has ended`);
          return (await probe()) ? { done: undefined } : { waiting: "not ready" };
        },
        100,
      );
      return this;
    } catch (error) {
      const log = await readFile(this.#log, "utf8");
      throw new Error(`${what}: ${log.slice(-2000)}`, { cause: error });
    }
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (!this.running) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }
}
