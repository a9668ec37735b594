/** `npm run e2e [-- SUITE…]`: the named suites, or all of them, on the cluster that KUBECONFIG names. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

import { e2eEnvironment } from "./environment.ts";

const folder = new URL("./suites/", import.meta.url);
const known = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}

try {
  const { registry } = e2eEnvironment(process.env);
  console.error(`images of this checkout, pushed to ${registry}`);
  const build = new URL("../../images/build.ts", import.meta.url).pathname;
  execFileSync(process.execPath, [build, "--push-to", registry], { stdio: ["ignore", "ignore", "inherit"] });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}

const files = (asked.length > 0 ? asked : known).map((name) => new URL(`${name}.ts`, folder).pathname);
const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files, concurrency: false });
stream.on("test:pass", ({ details, skip }) => {
  if (skip !== undefined) counts.skipped++;
  else if (details.type !== "suite") counts.passed++;
});
stream.on("test:fail", ({ details }) => {
  // A suite whose tests failed is counted by them; one whose own hook failed, such as the cleaning up, is not.
  const byTests = "failureType" in details.error && details.error.failureType === "subtestsFailed";
  if (details.type !== "suite" || !byTests) counts.failed++;
});
stream.pipe(new spec()).pipe(process.stdout);
process.once("beforeExit", () => {
  const { passed, failed, skipped } = counts;
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  // A run without a test has proven nothing, and the gate's machine has all that any test needs.
  const unproven = passed === 0 || (skipped > 0 && process.env["CI"] !== undefined);
  process.exitCode = failed > 0 || unproven ? 1 : 0;
});
