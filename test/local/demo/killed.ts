import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { openAutomation } from "../../../local/deployment/automation.ts";
import { engineOf } from "../../../local/deployment/deployment.ts";
import { openStandIn } from "../../../local/deployment/stand-in.ts";
import { until } from "../../../local/kube/wait.ts";

const projectDir = fileURLToPath(new URL("../fixture", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "demo-killed-"));
const kubeconfig = join(root, "kubeconfig");
writeFileSync(kubeconfig, "");
after(() => {
  rmSync(root, { recursive: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const gone = (pid: number): Promise<void> =>
  until(`the end of ${pid}`, 10_000, () =>
    Promise.resolve(isAlive(pid) ? { waiting: "it runs" } : { done: undefined }),
  );

describe("an engine whose caller is stopped", () => {
  it("ends with it, when that is killed", async () => {
    const module = fileURLToPath(new URL("../../../local/deployment/stand-in.ts", import.meta.url));
    const options = { stack: "test", projectDir, kubeconfig, folder: join(root, "killed") };
    const program = `import { openStandIn } from ${JSON.stringify(module)};
      const options = { ...${JSON.stringify(options)}, log: console.log };
      await (await openStandIn(options)).up({ key: "k", mode: "wait" });`;
    // A file: what is given as an argument would be given to the engine's process too.
    const file = join(root, "caller.mjs");
    writeFileSync(file, program);
    const caller = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => {
      caller.stdout.setEncoding("utf8").on("data", (text: string) => {
        const [, found] = /waits as (\d+)/.exec(text) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
    });
    caller.kill("SIGKILL");
    await once(caller, "close");
    await gone(pid);
  });

  it("ends when it is told to, and its state is for the next one", async () => {
    const stop = new AbortController();
    const folder = join(root, "told");
    let pid = 0;
    const log = (line: string): void => {
      const [, found] = /waits as (\d+)/.exec(line) ?? [];
      if (found === undefined) return;
      pid = Number(found);
      stop.abort();
    };
    const options = { stack: "test", projectDir, kubeconfig, folder, log };
    await assert.rejects(
      (await openStandIn({ ...options, signal: stop.signal })).up({ key: "k", mode: "wait" }),
      {
        name: "AbortError",
      },
    );
    await gone(pid);
    assert.equal(engineOf(folder), "stand-in");
    const { outputs } = await (await openStandIn(options)).up({ key: "k" });
    assert.equal(outputs["length"], 12);
  });

  it("leaves no lock of Pulumi's in the way, but one of an engine that goes on is awaited", async () => {
    const folder = join(root, "locked");
    const locks = join(folder, "backend/.pulumi/locks/organization/fixture/test");
    mkdirSync(locks, { recursive: true });
    const living = spawn("/bin/sleep", ["1"]);
    const lock = { pid: living.pid, username: "u", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" };
    writeFileSync(join(locks, "a.json"), JSON.stringify(lock));
    const bin = join(root, "bin");
    mkdirSync(bin);
    const alive = `kill -0 ${living.pid ?? 0} 2>/dev/null && echo early`;
    const pulumi = `#!/bin/sh\ncase "$1" in version) echo v3.256.0;; cancel) (echo cancel; ${alive}) >>"${bin}/log";; esac\nexit 0\n`;
    writeFileSync(join(bin, "pulumi"), pulumi);
    chmodSync(join(bin, "pulumi"), 0o755);
    const path = process.env["PATH"] ?? "";
    process.env["PATH"] = `${bin}:${path}`;
    try {
      await openAutomation({ stack: "test", projectDir, kubeconfig, folder, log: () => undefined });
    } finally {
      process.env["PATH"] = path;
    }
    assert.equal(readFileSync(join(bin, "log"), "utf8"), "cancel\n");
    assert.equal(engineOf(folder), "pulumi");
  });
});
