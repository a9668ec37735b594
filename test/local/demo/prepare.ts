import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const root = mkdtempSync(join(tmpdir(), "demo-prepare-"));
after(() => {
  rmSync(root, { recursive: true });
});

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(root, "project-"));
  for (const folder of ["local", "bin"]) mkdirSync(join(project, folder));
  copyFileSync(
    fileURLToPath(new URL("../../../local/prepare.js", import.meta.url)),
    join(project, "local/prepare.js"),
  );
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  const packages = {
    "": { version: "1" },
    "node_modules/a": { version: "2" },
    "node_modules/b": { version: "3", optional: true },
  };
  writeFileSync(join(project, "package-lock.json"), JSON.stringify({ packages }));
  npm("mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json");
});

/** Puts an npm on PATH that notes each call. */
function npm(body: string): void {
  const file = join(project, "bin/npm");
  writeFileSync(file, `#!/bin/sh\necho "$1" >>calls\n${body}\n`);
  chmodSync(file, 0o755);
}
const calls = (): string =>
  existsSync(join(project, "calls")) ? readFileSync(join(project, "calls"), "utf8") : "";

function prepare(): Promise<{ code: unknown; said: string }> {
  const env = { PATH: `${join(project, "bin")}:/usr/bin:/bin` };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(project, "local/prepare.js")], { env }, (error, _out, said) => {
      resolve({ code: error?.code ?? 0, said });
    });
  });
}

describe("the packages of a fresh clone", () => {
  it("are installed where they are not as the lock file says, and once", async () => {
    assert.equal((await prepare()).code, 0);
    assert.equal((await prepare()).said, "");
    assert.equal(calls(), "ci\n");
    const newer = { packages: { "node_modules/a": { version: "4" } } };
    writeFileSync(join(project, "package-lock.json"), JSON.stringify(newer));
    await prepare();
    assert.equal(calls(), "ci\nci\n");
  });

  it("do not include those of other machines", async () => {
    mkdirSync(join(project, "node_modules"));
    const there = { packages: { "node_modules/a": { version: "2" } } };
    writeFileSync(join(project, "node_modules/.package-lock.json"), JSON.stringify(there));
    await prepare();
    assert.equal(calls(), "");
  });

  it("are installed by one of two that begin at once, and the other waits", async () => {
    npm("sleep 1; mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json");
    const both = await Promise.all([prepare(), prepare()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(calls(), "ci\n");
    assert.match(both.map(({ said }) => said).join(""), /process \d+ is installing them; waiting/);
  });

  it("are installed after one that was killed", async () => {
    mkdirSync(join(project, ".cache"));
    writeFileSync(join(project, ".cache/npm-ci.lock"), "999999999");
    assert.equal((await prepare()).code, 0);
    assert.equal(calls(), "ci\n");
    assert.equal(existsSync(join(project, ".cache/npm-ci.lock")), false);
  });

  it("end the script where they cannot be installed, or are somebody else's", async () => {
    npm("echo no network >&2; exit 1");
    const failed = await prepare();
    assert.equal(failed.code, 1);
    assert.match(
      failed.said,
      /no network\npackages: npm ci failed \(its own message is above\); run it again/,
    );
    mkdirSync(join(root, "others"));
    symlinkSync(join(root, "others"), join(project, "node_modules"));
    assert.match((await prepare()).said, /node_modules leads elsewhere/);
    assert.equal(calls(), "ci\n");
  });
});
