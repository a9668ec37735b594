import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { newEnvironment, pip, pythonVersion } from "../../local/python.ts";

const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));

export interface Packages {
  /** What the folder is called in .cache/. */
  readonly name: string;
  /** The list of packages, each with its version and hashes. */
  readonly list: string;
  /** The folder of a project that is installed as it is there, and changes with it. Default: none. */
  readonly project?: string;
  /** The oldest Python that has them, such as 3.10. */
  readonly oldest: string;
}

/**
 * A virtual environment with the packages of a list, made where there is none of this list and this Python yet. Returns
 * the folder of its programs. @throws Error where there is no such Python, or no package.
 */
export async function pythonPackages({ name, list, project, oldest }: Packages): Promise<string> {
  const version = await pythonVersion(oldest);
  const hash = createHash("sha256").update(readFileSync(list));
  if (project !== undefined) hash.update(readFileSync(join(project, "pyproject.toml")));
  const digest = hash.digest("hex").slice(0, 12);
  const folder = join(cache, `${name}-${version}-${digest}`);
  const programs = join(folder, "bin");
  // Written last: without it, somebody was interrupted.
  const mark = join(folder, "complete");
  if (existsSync(mark)) return programs;
  const hashed = ["--require-hashes", "--only-binary", ":all:", "--requirement", list];
  try {
    await newEnvironment(folder);
    await pip(programs, hashed);
    if (project !== undefined)
      await pip(programs, ["--no-deps", "--no-build-isolation", "--editable", project]);
    writeFileSync(mark, "");
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`the packages of ${list} cannot be installed`, { cause });
  }
  return programs;
}
