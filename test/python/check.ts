/** What `npm run check` says of the Python client. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { clientFolder, clientPrograms } from "./client.ts";

const checks = [
  ["ruff", "check"],
  ["ruff", "format", "--check"],
  // Each of the two has a conftest, and mypy knows a name once.
  ["mypy", "src", "tests", "--exclude", "^tests/gateway/"],
  ["mypy", "tests/gateway"],
] as const;

try {
  const programs = await clientPrograms();
  for (const [program, ...arguments_] of checks) {
    const { status } = spawnSync(join(programs, program), arguments_, {
      cwd: clientFolder,
      stdio: "inherit",
    });
    if (status !== 0) process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
