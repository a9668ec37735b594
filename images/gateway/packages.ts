/** The gateway's packages, by npm: where they come from is for npm's own configuration to say. */
import { stream, type RunOptions } from "../process.ts";

/**
 * Puts `node_modules` into the folder, by its lock file and checked against it: what the gateway needs when it runs, and
 * no more. No package runs anything meanwhile; none of them is of one kind of machine.
 */
export function installPackages(folder: string, options: RunOptions = {}): Promise<void> {
  return stream(
    "npm",
    [
      "ci",
      `--prefix=${folder}`,
      "--workspace=gateway",
      "--omit=dev",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ],
    options,
  );
}
