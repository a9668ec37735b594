/** `npm run demo`: see `--help`. */
import { messageOf, UsageError, UserError } from "../../images/errors.ts";
import { helpText, parseDemoArgs } from "./args.ts";
import { down } from "./down.ts";
import { LockedError, takeLock } from "./lock.ts";
import { places } from "./places.ts";
import { StepError } from "./steps.ts";
import { up } from "./up.ts";

async function run(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const options = parseDemoArgs(argv);
  if (options.action === "help") {
    console.log(helpText);
    return;
  }
  const lock = takeLock(places.lock);
  try {
    await (options.action === "down" ? down(signal) : up(options, signal));
  } finally {
    lock.release();
  }
}

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    interrupted.abort();
  });

try {
  await run(process.argv.slice(2), interrupted.signal);
} catch (error) {
  if (interrupted.signal.aborted) {
    console.error("\ndemo: interrupted; run it again to go on, or with --down to remove what there is");
    process.exit(130);
  }
  console.error(`\ndemo: ${messageOf(error)}`);
  if (error instanceof StepError)
    console.error(`demo: what the tools said is in ${places.log}; put it right and run it again`);
  const plain = error instanceof UserError || error instanceof StepError || error instanceof LockedError;
  if (!plain && process.env["DEBUG"] !== undefined) console.error(error);
  process.exit(error instanceof UsageError ? 2 : 1);
}
