import { execFileSync } from "node:child_process";

import { e2eEnvironment, type E2eEnvironment } from "../e2e/environment.ts";
import { CannotRunError } from "./bench.ts";

/** The cluster of the end-to-end test. @throws CannotRunError where the environment does not name it. */
export function benchEnvironment(): E2eEnvironment {
  try {
    return e2eEnvironment(process.env);
  } catch (error) {
    throw new CannotRunError(error instanceof Error ? error.message : String(error));
  }
}

export function pushImages({ registry }: E2eEnvironment, log: (line: string) => void): void {
  log(`images of this checkout, pushed to ${registry}`);
  const build = new URL("../../images/build.ts", import.meta.url).pathname;
  execFileSync(process.execPath, [build, "--push-to", registry], { stdio: ["ignore", "ignore", "inherit"] });
}
