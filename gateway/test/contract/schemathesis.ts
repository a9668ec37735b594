import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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
  const child = spawn(install(), ["--config-file", here("schemathesis.toml"), ...arguments_], {
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

/** The program in a folder of its own, made where this list of packages has none yet. @throws where that fails. */
function install(): string {
  const list = here("requirements.txt");
  const version = createHash("sha256").update(readFileSync(list)).digest("hex").slice(0, 12);
  const folder = join(cache, `schemathesis-${version}`);
  const program = join(folder, "bin", "schemathesis");
  if (existsSync(program)) return program;
  const pip = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", list];
  try {
    execFileSync("python3", ["-m", "venv", "--clear", folder], { stdio: "inherit" });
    execFileSync(join(folder, "bin", "pip"), pip, { stdio: "inherit" });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error("schemathesis cannot be installed; it needs Python 3.11 or later with venv", { cause });
  }
  return program;
}
