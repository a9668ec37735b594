import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { newEnvironment, pip } from "../../local/python.ts";
import { buildWheel, clientFolder, clientPrograms } from "./client.ts";

const programs = await clientPrograms();

test("the Python client's own tests pass, those with a gateway too", async () => {
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    const env = { ...process.env, NODE: process.execPath };
    const options = { cwd: clientFolder, env, maxBuffer: 64 * 1024 * 1024 };
    execFile(join(programs, "pytest"), ["--quiet"], options, (error, out, err) => {
      resolve({ code: error?.code ?? 0, output: out + err });
    });
  });
  assert.equal(code, 0, output);
});

test("its wheel is complete: installed alone, it imports and its program runs", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "python-client-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (program: string, ...arguments_: readonly string[]): string =>
    execFileSync(program, arguments_, { cwd: folder, encoding: "utf8" });
  const wheel = await buildWheel(folder);
  const files = run(join(programs, "python"), "-m", "zipfile", "--list", wheel);
  assert.match(files, /^sparkplatform\/py\.typed /m);
  assert.doesNotMatch(files, /^(?:tests|examples|scripts)\//m);
  // With the versions that its users get today, not with those of the list.
  const environment = await newEnvironment(join(folder, "environment"));
  await pip(environment, [wheel]);
  const installed = (name: string): string => join(environment, name);
  const all = "import sparkplatform as s; [getattr(s, name) for name in s.__all__]";
  run(installed("python"), "-c", all);
  assert.match(run(installed("sparkplatform"), "--help"), /Usage: sparkplatform/);
});
