import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { parseJson, textAt } from "../../../local/kube/json.ts";

const main = new URL("../../src/main.ts", import.meta.url);

/** A gateway's process, which may serve or end. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly log: Log;
  /** Resolves with how it ended: an exit code or a signal. */
  readonly ended: Promise<number | string>;
}

interface Log {
  readonly lines: string[];
  listen(listener: (line: string) => void): void;
}

/** Starts a gateway at ports that are free. `preload`: a module to load before it. `program`: one that stands for it. */
export function spawnGateway(
  environment: Readonly<Record<string, string>>,
  preload?: URL,
  program = main,
): Spawned {
  const child = spawn(
    process.execPath,
    [...(preload ? ["--import", preload.href] : []), fileURLToPath(program)],
    {
      env: { API_ADDRESS: "127.0.0.1:0", METRICS_ADDRESS: "127.0.0.1:0", ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const lines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    assert.ok(stream);
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  const ended = once(child, "close").then(([code, signal]: unknown[]) =>
    typeof code === "number" ? code : String(signal),
  );
  return { child, log: { lines, listen: (listener) => void listeners.push(listener) }, ended };
}

/** Where it serves, once it does. @throws where it ends instead. */
export function serving({
  log,
  ended,
}: Spawned): Promise<{ readonly api: string; readonly metrics: string }> {
  return new Promise((resolve, reject) => {
    log.listen((line) => {
      const fields = line.startsWith("{") ? parseJson(line) : undefined;
      const api = textAt(fields, "api");
      const metrics = textAt(fields, "metrics");
      if (api !== undefined && metrics !== undefined) resolve({ api, metrics });
    });
    void ended.then((end) => {
      reject(new Error(`the gateway ended with ${end}: ${log.lines.join("\n")}`));
    });
  });
}
