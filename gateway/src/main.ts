/** The gateway as a process: `node gateway/src/main.ts`. README.md has the environment. */
import { secondMs } from "./clock.ts";
import { ConfigError, readConfig } from "./config.ts";
import { run, type RunningGateway } from "./run.ts";

/** A pod has 30 s between SIGTERM and SIGKILL, unless it says otherwise. */
const patienceMs = 25 * secondMs;

try {
  stopOnSignal(await run(readConfig(process.env)));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`the gateway's environment is not right, ${error.message}`);
  process.exitCode = 2;
}

/** Ends the process in order at the first signal, and without more ado when that takes too long. */
function stopOnSignal(gateway: RunningGateway): void {
  const stop = (signal: NodeJS.Signals): void => {
    gateway.logger.info({ signal }, "stopping");
    setTimeout(() => {
      gateway.logger.error("requests did not end in time");
      process.exit(1);
    }, patienceMs).unref();
    gateway.stop().then(
      () => {
        gateway.logger.info("stopped");
      },
      (err: unknown) => {
        gateway.logger.error({ err }, "stopping failed");
        process.exitCode = 1;
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}
