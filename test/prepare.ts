/**
 * What `npm test` needs beside npm's packages: on Debian, as root, installs what is missing; elsewhere says what to
 * install. Without it, the tests that need it fail or are skipped, and say why.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const runs = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

const needs = [
  {
    package: "postgresql",
    why: "the gateway's tests start a server of their own",
    there: globSync("/usr/lib/postgresql/*/bin/initdb").length > 0,
  },
  {
    package: "python3-venv",
    why: "the Python client, and schemathesis, which tests the API",
    there: runs(process.env["PYTHON"] ?? "python3", "-c", "import ensurepip, venv"),
  },
];

const missing = needs.filter(({ there }) => !there);
const names = missing.map((each) => each.package);
if (names.length > 0 && process.getuid?.() === 0 && runs("apt-get", "--version")) {
  console.error(`installs ${names.join(", ")}`);
  const apt = (...args: readonly string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["-q", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...names);
} else {
  for (const each of missing) console.error(`not here: Debian's ${each.package} (${each.why})`);
}
