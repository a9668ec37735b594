import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** The variable that every process of the node has in its environment: with it, it can be told from all others. */
export const mark = "SPARK_PLATFORM_LOCAL";

/** A process that this node started, or one that such a process started. */
export interface Process {
  readonly pid: number;
  /** `NAME:HASH` of the part that it is, or that started it. */
  readonly mark: string;
  readonly command: readonly string[];
}

/**
 * The node's processes. They are known by what they carry and not by numbers in a file: a number may be another
 * process by now, and a process may be older than its file.
 */
export async function ourProcesses(): Promise<readonly Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.filter((pid) => pid !== process.pid).map(readProcess));
  return found.flatMap((one) => one ?? []);
}

async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    const value = markOf(environment);
    if (value === undefined) return undefined;
    return { pid, mark: value, command: words(await readFile(`/proc/${pid}/cmdline`, "utf8")) };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** The mark in an environment as /proc has it. Pure. */
export function markOf(environment: string): string | undefined {
  const prefix = `${mark}=`;
  return words(environment)
    .find((one) => one.startsWith(prefix))
    ?.slice(prefix.length);
}

function words(text: string): readonly string[] {
  return text.split("\0").filter((word) => word !== "");
}

/** Of these processes, the ones that are this part itself, and not what it started. Pure. */
export function partsNamed(processes: readonly Process[], name: string, command: string): readonly Process[] {
  return processes.filter(
    (one) => one.mark.startsWith(`${name}:`) && isProgram(one.command[0] ?? "", command),
  );
}

/** A part that was updated has another path, and the same name. */
function isProgram(started: string, command: string): boolean {
  return started.split("/").at(-1) === command.split("/").at(-1);
}

/** Ends processes: with patience, then without. Returns when none of them is there any more. */
export async function endProcesses(pids: readonly number[], patienceMs: number): Promise<void> {
  const end = Date.now() + patienceMs;
  for (const pid of pids) signal(pid, "SIGTERM");
  for (;;) {
    const left = (await Promise.all(pids.map(lives))).filter(Boolean).length;
    if (left === 0) return;
    if (Date.now() > end) for (const pid of pids) signal(pid, "SIGKILL");
    if (Date.now() > end + 10_000) throw new Error(`these processes do not end: ${pids.join(", ")}`);
    await delay(50);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}

/** A process that ended and that nobody has asked for is not there any more. */
async function lives(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return state !== "" && !/\) [ZX] /.test(state);
}
