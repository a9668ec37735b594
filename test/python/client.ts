import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { pythonPackages } from "../support/python.ts";

/** The folder of the Python client. */
export const clientFolder = fileURLToPath(new URL("../../clients/python/", import.meta.url));

/** The programs that its checks and tests are run with, and itself as it is in the folder. */
export function clientPrograms(): Promise<string> {
  return pythonPackages({
    name: "client",
    list: `${clientFolder}requirements-dev.txt`,
    project: clientFolder,
    oldest: "3.10",
  });
}

/** Builds the client into a folder, and sees that an index would take it. Returns the path of the wheel. */
export async function buildWheel(folder: string): Promise<string> {
  const programs = await clientPrograms();
  const run = (program: string, ...arguments_: readonly string[]): string =>
    execFileSync(join(programs, program), arguments_, { encoding: "utf8" });
  run("python", "-m", "build", "--no-isolation", "--outdir", folder, clientFolder);
  const built = readdirSync(folder).filter((name) => /\.(?:whl|tar\.gz)$/.test(name));
  run("twine", "check", "--strict", ...built.map((name) => join(folder, name)));
  const wheel = built.find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("no wheel was built");
  return join(folder, wheel);
}
