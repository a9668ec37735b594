import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";

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
  const clients = join(places.cache, "demo-client");
  // Made last, and leads to the one that is complete.
  const complete = join(clients, await digestOf(source));
  const programs = join(complete, "bin");
  if (existsSync(programs)) return programs;
  say("pip installs clients/python");
  await mkdir(clients, { recursive: true });
  const before = await readdir(clients);
  // In a folder that nobody had: the pip of a demo that was killed goes on, and would write between.
  const folder = await mkdtemp(join(clients, "client-"));
  await pip(await newEnvironment(folder, signal), [source], signal);
  // One that is still written to cannot be removed: it stays for the next time.
  await Promise.allSettled(before.map((each) => rm(join(clients, each), { recursive: true, force: true })));
  await symlink(basename(folder), complete);
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
