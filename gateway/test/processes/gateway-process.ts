import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { parseJson, textAt } from "../../../test/support/kube-json.ts";
import type { StoreLocation } from "../../src/store/store.ts";
import { pairOf, type Answer, type Pair } from "../support/gateway.ts";

const main = new URL("../../src/main.ts", import.meta.url);

/** A gateway as a process of its own. */
export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly api: string;
  readonly metrics: string;
  readonly log: readonly string[];
  /** Resolves with how it ended: an exit code or a signal. */
  readonly ended: Promise<number | string>;
}

/**
 * Starts a gateway at ports that are free, and ends it with the test. `preload`: a module to load before it. `program`:
 * one that stands for the gateway; default: its own main.
 */
export async function startProcess(
  context: TestContext,
  environment: Readonly<Record<string, string>>,
  preload?: URL,
  program?: URL,
): Promise<GatewayProcess> {
  const { child, log, ended } = spawnGateway(environment, preload, program);
  context.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const bound = await new Promise<{ api: string; metrics: string }>((resolve, reject) => {
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
  return { child, ...bound, log: log.lines, ended };
}

/** Runs a gateway that is expected not to start, to its end. */
export async function runToEnd(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly end: number | string; readonly output: string }> {
  const { log, ended } = spawnGateway(environment);
  const end = await ended;
  return { end, output: log.lines.join("\n") };
}

export function environmentOf(location: StoreLocation): Record<string, string> {
  return location.kind === "postgres"
    ? { DATABASE_URL: location.url }
    : { DATA_FOLDER: location.file.replace(/\/gateway\.sqlite$/, "") };
}

export async function send(
  url: string,
  given: {
    readonly method?: string;
    readonly token?: string;
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: given.method ?? (given.body === undefined ? "GET" : "POST"),
    headers: {
      ...(given.token !== undefined && { authorization: `Bearer ${given.token}` }),
      ...(given.body !== undefined && { "content-type": "application/json" }),
      ...given.headers,
    },
    ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: response.headers.get("content-type")?.includes("json") === true ? parseJson(text) : text,
    headers: Object.fromEntries(response.headers),
  };
}

export async function registerAt({ api }: GatewayProcess, registerToken: string): Promise<Pair> {
  return pairOf(await send(`${api}/v1/tokens/register`, { body: { registerToken } }));
}

interface Log {
  readonly lines: string[];
  listen(listener: (line: string) => void): void;
}

function spawnGateway(
  environment: Readonly<Record<string, string>>,
  preload?: URL,
  program = main,
): { readonly child: ChildProcess; readonly log: Log; readonly ended: Promise<number | string> } {
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
