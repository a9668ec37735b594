import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parseJson, textAt } from "../kube/json.ts";
import { runProgram } from "../process.ts";
import { places } from "./places.ts";
import type { Shown } from "./platform.ts";

/** How the client's programs are run. */
export interface Client {
  /** The folder of its programs. */
  readonly programs: string;
  readonly shown: Shown;
  readonly signal: AbortSignal;
}

/** The admin's token has been used by a run that did not live to keep what it got for it. */
export class TokenUsedError extends Error {
  override readonly name = "TokenUsedError";
}

const noProxy = "localhost,127.0.0.1";

/** The variables that the client reads, of one of its users. */
export function variables(shown: Shown, user: "admin" | "user"): Readonly<Record<string, string>> {
  return {
    SPARKPLATFORM_URL: shown.api,
    SPARKPLATFORM_CA: places.authority,
    SPARKPLATFORM_CONFIG_DIR: places.tokens(user),
  };
}

/** A process's environment with them. This machine is reached without a proxy. */
export function environmentOf(client: Client, user: "admin" | "user"): NodeJS.ProcessEnv {
  const { programs, shown } = client;
  const noProxies = [noProxy, process.env["NO_PROXY"] ?? process.env["no_proxy"] ?? ""]
    .filter(Boolean)
    .join();
  return {
    ...process.env,
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    NO_PROXY: noProxies,
    no_proxy: noProxies,
    SPARKPLATFORM_TOKEN: undefined,
    SPARKPLATFORM_CLUSTER: undefined,
    ...variables(shown, user),
  };
}

/** Runs `sparkplatform` as one of them, and returns what it writes. */
export function sparkplatform(
  client: Client,
  user: "admin" | "user",
  args: readonly string[],
  input?: string,
): Promise<string> {
  return runProgram(join(client.programs, "sparkplatform"), args, {
    env: environmentOf(client, user),
    signal: client.signal,
    ...(input !== undefined && { input }),
  });
}

/**
 * Logs in the user whom the demo runs jobs as: the first that the pages know, so that the pages of the jobs are open to
 * them. An admin makes their token, who is logged in by the token of the stack.
 * @throws TokenUsedError
 */
export async function logIn(client: Client): Promise<string> {
  const name = Object.keys(client.shown.users)[0] ?? "demo";
  if ((await whoIs(client, "user")) === name) return name;
  if ((await whoIs(client, "admin")) === undefined) {
    try {
      await sparkplatform(client, "admin", ["login"], `${client.shown.registerToken}\n`);
    } catch (error) {
      client.signal.throwIfAborted();
      throw new TokenUsedError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
  const token = await sparkplatform(client, "admin", ["token", "create", name]);
  await sparkplatform(client, "user", ["login"], token);
  return name;
}

/** Whose the kept tokens are; undefined where there are none that are good. */
async function whoIs(client: Client, user: "admin" | "user"): Promise<string | undefined> {
  await mkdir(places.tokens(user), { recursive: true, mode: 0o700 });
  try {
    return textAt(parseJson(await sparkplatform(client, user, ["whoami", "--json"])), "name");
  } catch {
    client.signal.throwIfAborted();
    return undefined;
  }
}

/** What a shell reads, to go on as this user. */
export async function writeEnvironment(client: Client, kubeconfig: string): Promise<void> {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const lines = Object.entries({ ...variables(client.shown, "user"), KUBECONFIG: kubeconfig }).map(
    ([key, value]) => `export ${key}=${quoted(value)}`,
  );
  const more = [
    `export PATH=${quoted(client.programs)}:"$PATH"`,
    `export NO_PROXY=${noProxy}"\${NO_PROXY:+,$NO_PROXY}"`,
  ];
  await writeFile(places.environment, [...lines, ...more, ""].join("\n"), { mode: 0o600 });
}
