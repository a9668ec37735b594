import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { pythonPackages } from "../../../test/support/python.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const cache = here("../../../.cache/");

/** Who calls, and how often. */
export interface Caller {
  readonly accessToken: string;
  /** Ids that its token descends from, which it is kept from revoking. */
  readonly own: readonly string[];
  /** Requests of each kind for each operation, at the most. */
  readonly examples: number;
}

/** Runs schemathesis with all its checks against the API's own description. Returns its exit code: 0 where all held. */
export async function schemathesis(api: string, { accessToken, own, examples }: Caller): Promise<number> {
  const arguments_ = ["run", `${api}/v1/openapi.json`, "--max-examples", String(examples)];
  const child = spawn(await install(), ["--config-file", here("schemathesis.toml"), ...arguments_], {
    // The token is in the environment, where no list of processes shows it.
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: here("hooks.py"),
      CONTRACT_TOKEN: accessToken,
      CONTRACT_OWN_IDS: own.join(","),
    },
    // What it leaves behind stays there.
    cwd: cache,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return once(child, "exit").then(([code]: unknown[]) => (typeof code === "number" ? code : 1));
}

/** The program, in an environment of its own. @throws where that cannot be made. */
async function install(): Promise<string> {
  const packages = { name: "schemathesis", list: here("requirements.txt"), oldest: "3.11" };
  return join(await pythonPackages(packages), "schemathesis");
}
