import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Say } from "../cluster/cluster.ts";
import { runProgram } from "../process.ts";
import { places } from "./places.ts";

const python = process.env["PYTHON"] ?? "python3";
const source = join(places.project, "clients/python");

/** Why there can be no Python client here, if so. */
export async function pythonProblem(): Promise<string | undefined> {
  const help = "install Python 3.10 or later with its venv (on Debian: apt-get install python3-venv)";
  try {
    const ask = 'import ensurepip, sys, venv; print("%d %d" % sys.version_info[:2])';
    const [major = 0, minor = 0] = (await runProgram(python, ["-c", ask])).trim().split(" ").map(Number);
    return major === 3 && minor >= 10 ? undefined : `${python} is ${major}.${minor}: ${help}`;
  } catch {
    return `${python} is not there, or has no venv: ${help}`;
  }
}

/** The client of this checkout in an environment of its own, made anew when it has changed. Returns its programs. */
export async function installClient(say: Say, signal: AbortSignal): Promise<string> {
  const digest = await digestOf(source);
  const folder = join(places.cache, "demo-client");
  const programs = join(folder, "bin");
  // Written last: without it, somebody was interrupted.
  const mark = join(folder, "complete");
  if (existsSync(mark) && (await readFile(mark, "utf8")) === digest) return programs;
  say("pip installs clients/python");
  await rm(mark, { force: true });
  await runProgram(python, ["-m", "venv", "--clear", folder], { signal });
  const quiet = ["install", "--quiet", "--disable-pip-version-check"];
  await runProgram(join(programs, "pip"), [...quiet, source], { signal });
  await writeFile(mark, digest);
  return programs;
}

async function digestOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["pyproject.toml", ...globSync("src/**/*.{py,typed}", { cwd: folder }).sort()])
    hash
      .update(`${file}\0`)
      .update(await readFile(join(folder, file)))
      .update("\0");
  return hash.digest("hex");
}
