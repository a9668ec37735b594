import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
  /** What it reads. Default: nothing. */
  readonly input?: string;
  /** Hears of each line that it writes to its error stream, and to the other one where `all` is set. */
  readonly onLine?: (line: string) => void;
  readonly all?: boolean;
}

/** A program that did not do what it was to do; its message ends with its last words. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

const keptLines = 12;

/** Runs a program to its end and returns what it wrote. @throws ProgramError where it fails or is not there. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { env = process.env, cwd, signal, input, onLine, all = false }: ProgramOptions = {},
): Promise<string> {
  const child = spawn(command, [...args], {
    env,
    ...(cwd !== undefined && { cwd }),
    ...(signal && { signal }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const last: string[] = [];
  const hear = (line: string): void => {
    if (line.trim() === "") return;
    last.push(line);
    if (last.length > keptLines) last.shift();
    onLine?.(line);
  };
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written += text));
  if (all) createInterface(child.stdout).on("line", hear);
  createInterface(child.stderr).on("line", hear);
  // A program that does not read ends before it has taken what there is.
  child.stdin.on("error", () => undefined).end(input ?? "");
  const end = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => {
      resolve("code" in error && error.code === "ENOENT" ? "is not on PATH" : error.message);
    });
    child.on("close", (code, killedBy) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `was ended by ${killedBy ?? "a signal"}` : `ended with exit code ${code}`);
    });
  });
  signal?.throwIfAborted();
  if (end === undefined) return written;
  throw new ProgramError([`${command} ${args[0] ?? ""} ${end}`, ...last].join("\n  "));
}
