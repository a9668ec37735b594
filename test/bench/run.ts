/** `npm run bench [-- NAME…]`: the named benches, or all of them; one line of JSON for each comparison. */
import { CannotRunError, type Bench } from "./bench.ts";
import { client } from "./client.ts";
import { commit } from "./commit.ts";
import { evaluate } from "./evaluate.ts";
import { gateway } from "./gateway.ts";
import { history } from "./history.ts";
import { job } from "./job.ts";
import { scale } from "./scale.ts";
import { start } from "./start.ts";
import { throughput } from "./throughput.ts";

const benches = new Map<string, Bench>(
  Object.entries({ client, commit, evaluate, gateway, history, job, scale, start, throughput }),
);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benches.has(name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(", ")}; there are: ${[...benches.keys()].join(", ")}`);
  process.exit(2);
}

for (const [name, bench] of benches) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  try {
    const results = await bench((line) => {
      console.error(`${name}: ${line}`);
    });
    for (const result of results) {
      console.log(JSON.stringify(result));
      if (result.ratio <= result.limit) continue;
      console.error(`${result.name}: ${result.ratio} times its baseline, more than ${result.limit}`);
      process.exitCode ??= 1;
    }
  } catch (error) {
    if (!(error instanceof CannotRunError)) throw error;
    console.error(`${name} did not run: ${error.message}`);
    // Who asked for it by name must not take silence for success; among all, the others count.
    if (asked.length > 0) process.exitCode = 2;
  }
}
