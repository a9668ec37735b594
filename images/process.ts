/** Child processes, always with their arguments as a list: no shell reads them. */
import { spawn } from "node:child_process";
import { messageOf, UserError } from "./errors.ts";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Runs a command to its end and returns what it wrote; `undefined` where there is no such command. */
export function capture(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result | undefined> {
  const { env = process.env, signal, timeoutMs } = options;
  // Not spawn's own timeout: where there is no such command, its timer keeps this process alive.
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const ends = AbortSignal.any([signal, timeout].filter((one) => one !== undefined));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, signal: ends, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      if ("code" in error && error.code === "ENOENT") resolve(undefined);
      else if (timeout?.aborted === true) {
        resolve({ code: 1, stdout, stderr: `${stderr}no answer in ${(timeoutMs ?? 0) / 1000} s` });
      } else reject(error);
    });
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/** Runs a command whose words are for the reader: both its streams go to our standard error. */
export function stream(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const { env = process.env, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, ...(signal && { signal }), stdio: ["ignore", 2, 2] });
    child.on("error", (error) => {
      reject(signal?.aborted === true ? error : new UserError(`${command}: ${messageOf(error)}`));
    });
    child.on("close", (code, killedBy) => {
      if (code === 0) resolve();
      else {
        const end = code === null ? `was ended by ${killedBy ?? "a signal"}` : `ended with exit code ${code}`;
        reject(new UserError(`${command} ${args[0] ?? ""} ${end}; its own message is above.`));
      }
    });
  });
}
