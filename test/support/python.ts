import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
/** Another one than `python3` can be had by PYTHON. */
const python = process.env["PYTHON"] ?? "python3";

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
export function pythonPackages({ name, list, project, oldest }: Packages): string {
  const version = pythonVersion(oldest);
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
    newEnvironment(folder);
    pip(folder, hashed);
    if (project !== undefined) pip(folder, ["--no-deps", "--no-build-isolation", "--editable", project]);
    writeFileSync(mark, "");
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`the packages of ${list} cannot be installed`, { cause });
  }
  return programs;
}

/** A virtual environment with nothing in it. */
export function newEnvironment(folder: string): void {
  execFileSync(python, ["-m", "venv", "--clear", folder], { stdio: "inherit" });
}

export function pip(folder: string, arguments_: readonly string[]): void {
  const quiet = ["install", "--quiet", "--disable-pip-version-check"];
  execFileSync(join(folder, "bin", "pip"), [...quiet, ...arguments_], { stdio: "inherit" });
}

/** Such as 3.11. @throws Error where there is none, or one that is too old or has no venv. */
function pythonVersion(oldest: string): string {
  const ask = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])';
  const needed = `${python} is not there as it is needed: install Python ${oldest} or later with its venv`;
  let found: string;
  try {
    found = execFileSync(python, ["-c", ask], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch (cause) {
    throw new Error(needed, { cause });
  }
  const minor = (version: string): number => Number(version.split(".")[1]);
  if (minor(found) < minor(oldest)) throw new Error(`${needed}; it is ${found}`);
  return found;
}
