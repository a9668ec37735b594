import type { ChildProcess } from "node:child_process";
import type { TestContext } from "node:test";

import { parseJson } from "../../../local/kube/json.ts";
import type { StoreLocation } from "../../src/store/store.ts";
import { pairOf, type Answer, type Pair } from "../support/gateway.ts";
import { serving, spawnGateway } from "./spawn.ts";

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
  const spawned = spawnGateway(environment, preload, program);
  const { child, log, ended } = spawned;
  context.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, ...(await serving(spawned)), log: log.lines, ended };
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
