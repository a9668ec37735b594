import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { messageOf } from "../../images/errors.ts";
import type { Say } from "../cluster/cluster.ts";
import { newEnvironment, pip, pythonVersion } from "../python.ts";
import { places } from "./places.ts";

const source = join(places.project, "clients/python");

/** Why there can be no Python client here, if so. */
export function pythonProblem(): Promise<string | undefined> {
  return pythonVersion("3.10").then(() => undefined, messageOf);
}

/** The client of this checkout in an environment of its own, made anew when it has changed. Returns its programs. */
export async function installClient(say: Say, signal: AbortSignal): Promise<string> {
  const digest = await digestOf(source);
  const folder = join(places.cache, "demo-client");
  // Written last: without it, somebody was interrupted.
  const mark = join(folder, "complete");
  if (existsSync(mark) && (await readFile(mark, "utf8")) === digest) return join(folder, "bin");
  say("pip installs clients/python");
  await rm(mark, { force: true });
  const programs = await newEnvironment(folder, signal);
  await pip(programs, [source], signal);
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
