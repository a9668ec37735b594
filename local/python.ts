import { join } from "node:path";

import { runProgram } from "./process.ts";

/** Another one than `python3` can be had by PYTHON. */
const python = process.env["PYTHON"] ?? "python3";

/** Such as 3.11. @throws Error, which says what to install, where there is none, or one that is too old or has no venv. */
export async function pythonVersion(oldest: string): Promise<string> {
  const help = `install Python ${oldest} or later with its venv (on Debian: apt-get install python3-venv)`;
  let found: string;
  try {
    const ask = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])';
    found = (await runProgram(python, ["-c", ask])).trim();
  } catch (cause) {
    throw new Error(`${python} is not there, or has no venv: ${help}`, { cause });
  }
  const minor = (version: string): number => Number(version.split(".")[1]);
  if (minor(found) < minor(oldest)) throw new Error(`${python} is ${found}: ${help}`);
  return found;
}

/** A virtual environment with nothing in it. Returns the folder of its programs. */
export async function newEnvironment(folder: string, signal?: AbortSignal): Promise<string> {
  await runProgram(python, ["-m", "venv", "--clear", folder], { signal });
  return join(folder, "bin");
}

/** Installs into the environment with these programs. @throws ProgramError with pip's own words. */
export async function pip(programs: string, what: readonly string[], signal?: AbortSignal): Promise<void> {
  const quiet = ["install", "--quiet", "--disable-pip-version-check"];
  await runProgram(join(programs, "pip"), [...quiet, ...what], { signal });
}
