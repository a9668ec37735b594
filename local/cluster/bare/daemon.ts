import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { messageOf } from "../../../images/errors.ts";
import { until } from "../../kube/wait.ts";
import type { Say } from "../cluster.ts";
import { stateFolder } from "./facts.ts";
import { endProcesses, mark, ourProcesses, partsNamed } from "./processes.ts";
import { timed } from "./timed.ts";

/** A part of the node that runs as a process of its own, and outlives the one that started it. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Text of the files that it reads, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Rejects as long as it does not answer. */
  readonly answers: () => Promise<unknown>;
}

const patienceMs = 120_000;
const lastLines = 15;

/** Starts it if it does not run, or not as it should by now; returns when it answers. */
export async function ensureDaemon(daemon: Daemon, say: Say, signal: AbortSignal): Promise<void> {
  const value = `${daemon.name}:${hashOf(daemon)}`;
  const running = partsNamed(await ourProcesses(), daemon.name, daemon.command);
  const others = running.filter((one) => one.mark !== value).map(({ pid }) => pid);
  await endProcesses(others, 10_000);
  if (running.length > others.length) {
    const isGone = async (): Promise<boolean> =>
      partsNamed(await ourProcesses(), daemon.name, daemon.command).length === 0;
    return untilAnswers(daemon, isGone, signal);
  }
  await timed(say, `${daemon.name}: up`, async () => {
    const child = await start(daemon, value);
    // Not by its environment: that is empty for a moment while a process becomes another program.
    await untilAnswers(daemon, () => child.exitCode !== null || child.signalCode !== null, signal);
  });
}

/** What a running part is compared by. Pure. */
export function hashOf({ command, args, files = {} }: Daemon): string {
  return createHash("sha256").update(JSON.stringify({ command, args, files })).digest("hex").slice(0, 12);
}

async function start({ name, command, args, files = {} }: Daemon, value: string): Promise<ChildProcess> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  await mkdir(dirname(logOf(name)), { recursive: true });
  const log = openSync(logOf(name), "w", 0o600);
  try {
    const env = { PATH: process.env["PATH"], HOME: stateFolder, [mark]: value };
    const child = spawn(command, args, {
      cwd: stateFolder,
      env,
      detached: true,
      stdio: ["ignore", log, log],
    });
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Returns when it answers. @throws with the last of its log where it ends before, or does not come up in time. */
export async function untilAnswers(
  { name, answers }: Daemon,
  isGone: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await until(
      name,
      patienceMs,
      async () => {
        signal.throwIfAborted();
        const seen = await answers().then(
          () => undefined,
          (error: unknown) => messageOf(error),
        );
        if (seen === undefined) return { done: true };
        if (await isGone()) throw new Error(`${name} ended`);
        return { waiting: seen };
      },
      200,
    );
  } catch (error) {
    signal.throwIfAborted();
    const log = await readFile(logOf(name), "utf8").catch(() => "");
    const last = log.trimEnd().split("\n").slice(-lastLines);
    const where = `the last of its log, ${logOf(name)}:`;
    throw new Error(
      [`the node's ${name} did not come up: ${messageOf(error)}; ${where}`, ...last].join("\n  "),
      {
        cause: error,
      },
    );
  }
}

function logOf(name: string): string {
  return join(stateFolder, "log", `${name}.log`);
}

/** For {@link Daemon.answers}: whether a server says that it is well. */
export async function healthy(url: string): Promise<void> {
  const answered = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await answered.arrayBuffer();
  if (!answered.ok) throw new Error(`${url} answers ${answered.status}`);
}
