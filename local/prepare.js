/**
 * Sees that the packages of package-lock.json are installed. For scripts that run on a fresh clone: npm starts them
 * without any package, and with a Node that may be too old for TypeScript. So this is JavaScript that needs nothing,
 * and what npm runs after it finds the project's own Node first on PATH.
 */
import { spawnSync } from "node:child_process";
import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

const project = new URL("../", import.meta.url);
const lock = new URL(".cache/npm-ci.lock", project);

/** What a lock file says is installed, by path; undefined where there is none. */
function packagesOf(name) {
  try {
    return JSON.parse(readFileSync(new URL(name, project), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** npm writes its own lock file when all else is in place, so that one that is there is of a whole installation. */
function isInstalled() {
  const there = packagesOf("node_modules/.package-lock.json");
  const wanted = Object.entries(packagesOf("package-lock.json") ?? {});
  return (
    there !== undefined &&
    wanted.every(
      ([path, { version, optional }]) => path === "" || optional || there[path]?.version === version,
    )
  );
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Takes the lock, once whoever holds it has ended. Two installations at once would remove each other's files. */
function takeLock() {
  mkdirSync(new URL(".", lock), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      const file = openSync(lock, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(readHolder());
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    else if (!told) console.error(`packages: process ${holder} is installing them; waiting for it`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function readHolder() {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return "";
  }
}

function isLink() {
  return lstatSync(new URL("node_modules", project), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

if (!isInstalled()) {
  if (isLink()) {
    console.error(
      "packages: node_modules leads elsewhere and is not as package-lock.json says: run npm ci there",
    );
    process.exit(1);
  }
  takeLock();
  try {
    if (!isInstalled()) {
      const begun = Date.now();
      console.error("packages: npm ci");
      const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
      const { status, error } = spawnSync("npm", options, { cwd: project, stdio: ["ignore", 2, 2] });
      if (status !== 0) {
        console.error(
          `packages: npm ci failed (${error?.message ?? "its own message is above"}); run it again`,
        );
        process.exitCode = 1;
      } else console.error(`packages: installed in ${Math.round((Date.now() - begun) / 1000)} s`);
    }
  } finally {
    rmSync(lock, { force: true });
  }
}
