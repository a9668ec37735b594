import { once } from "node:events";

import type { Scope } from "../support/scope.ts";
import { serving, spawnGateway, type Spawned } from "./spawn.ts";

const clock = new URL("clock-ahead.ts", import.meta.url);

/** A gateway's process that can be stopped and started again, and whose clock can be set. */
export class RestartableGateway {
  /** Where it serves, also after a restart. */
  readonly api: string;
  readonly #environment: Readonly<Record<string, string>>;
  #process: Spawned;
  #aheadSeconds = 0;

  private constructor(environment: Readonly<Record<string, string>>, process: Spawned, api: string) {
    this.api = api;
    this.#environment = { ...environment, API_ADDRESS: new URL(api).host };
    this.#process = process;
  }

  static async start(
    scope: Scope,
    environment: Readonly<Record<string, string>>,
  ): Promise<RestartableGateway> {
    const process = spawnGateway(environment, clock);
    const gateway = new RestartableGateway(environment, process, (await serving(process)).api);
    scope.after(() => gateway.#end("SIGKILL"));
    return gateway;
  }

  async restart(): Promise<void> {
    await this.#end("SIGTERM");
    const ahead = { CLOCK_AHEAD_SECONDS: String(this.#aheadSeconds) };
    this.#process = spawnGateway({ ...this.#environment, ...ahead }, clock);
    await serving(this.#process);
  }

  async setAhead(seconds: number): Promise<void> {
    const { child } = this.#process;
    const isSet = once(child, "message");
    child.send({ aheadSeconds: seconds });
    await isSet;
    this.#aheadSeconds = seconds;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#process.child.kill(signal);
    await this.#process.ended;
  }
}
