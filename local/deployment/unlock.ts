import { globSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import type { Stack } from "@pulumi/pulumi/automation/index.js";

import { numberAt, parseJson, textAt } from "../kube/json.ts";
import { until } from "../kube/wait.ts";

const patienceMs = 600_000;

/**
 * Takes off the locks that killed runs left on the state in a folder. An engine that outlives the one who started it goes
 * on to its end, which is awaited: two at once would write one state.
 */
export async function unlock(folder: string, stack: Stack, log: (line: string) => void): Promise<void> {
  const locks = globSync("backend/.pulumi/locks/**/*.json", { cwd: folder }).map((file) =>
    join(folder, file),
  );
  if (locks.length === 0) return;
  for (const lock of locks) {
    const pid = holderOf(lock);
    if (pid === undefined || !isAlive(pid)) continue;
    log(`the engine of an earlier run goes on (process ${pid}): waiting for its end`);
    await until(`the end of process ${pid}`, patienceMs, () =>
      Promise.resolve(isAlive(pid) ? { waiting: "it runs" } : { done: undefined }),
    );
  }
  log("taking off the lock of a run that was stopped");
  await stack.cancel();
}

/** The process on this machine that a lock is of. */
function holderOf(lock: string): number | undefined {
  try {
    const content = parseJson(readFileSync(lock, "utf8"));
    return textAt(content, "hostname") === hostname() ? numberAt(content, "pid") : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
