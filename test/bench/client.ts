import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { clientFolder, clientPrograms } from "../python/client.ts";
import { numberAt, parseJson } from "../../local/kube/json.ts";
import { compare, interleave, rounded, type Bench, type Pair } from "./bench.ts";

const roundCount = 11;
const submissionsPerRound = 20;
/** Milliseconds that the import may take, the start of Python itself not counted. */
const mostImportMs = 150;
const submitLimit = 1.2;

const run = promisify(execFile);

/**
 * The Python client:
 *
 * - `client/import`: what `from sparkplatform import SparkPlatform` adds to the start of an interpreter, against what it
 *   may add.
 * - `client/run`: from the call of `run` with a local file to the job that was accepted, against a bare POST of the same
 *   body with the library that the client uses itself.
 */
export const client: Bench = async (log) => {
  const python = join(await clientPrograms(), "python");
  const imports = (): Promise<number> => time(python, "from sparkplatform import SparkPlatform");
  // Not counted: it compiles what is imported.
  await imports();
  const started = await interleave(
    roundCount,
    async () => {
      const nothing = await time(python, "pass");
      return { value: rounded((await imports()) - nothing), baseline: mostImportMs };
    },
    log,
  );
  return [
    compare({ name: "client/import", unit: "ms", limit: 1 }, started),
    compare({ name: "client/run", unit: "ms", limit: submitLimit }, await submissions(python, log)),
  ];
};

/** How long an interpreter takes for a program, in milliseconds. */
async function time(python: string, program: string): Promise<number> {
  const begun = performance.now();
  await run(python, ["-c", program], { cwd: "/" });
  return performance.now() - begun;
}

async function submissions(python: string, log: (line: string) => void): Promise<readonly Pair[]> {
  const script = fileURLToPath(new URL("client/submit.py", import.meta.url));
  const env = { ...process.env, NODE: process.execPath, PYTHONPATH: join(clientFolder, "tests", "gateway") };
  const { stdout } = await run(python, [script, String(roundCount), String(submissionsPerRound)], { env });
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      log(line);
      const round = parseJson(line);
      return { value: numberAt(round, "value") ?? 0, baseline: numberAt(round, "baseline") ?? 0 };
    });
}
