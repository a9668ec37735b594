import { healthPath } from "../../../components/registry/server-config.ts";
import { until } from "../../../local/kube/wait.ts";
import { withLastWords } from "../last-words.ts";
import { report } from "../platform.ts";
import type { Client } from "./client.ts";
import type { Vm } from "./vm.ts";
import type { World } from "./world.ts";

/** One registry after the other at the same name, and somebody who looks at it from outside. */
export class Scene {
  readonly #world: World;
  readonly #client: Client;
  #vm: Vm | undefined;

  constructor(world: World, client: Client) {
    this.#world = world;
    this.#client = client;
  }

  /** The machine of the last boot. */
  get vm(): Vm {
    if (this.#vm === undefined) throw new Error("no machine was started");
    return this.#vm;
  }

  /** Starts a machine in the place of the last one, and waits until it serves. */
  async boot(what: string, ...options: Parameters<World["boot"]>): Promise<void> {
    await this.#vm?.destroy();
    const begun = performance.now();
    this.#vm = await this.#world.boot(...options);
    await this.healthy(60_000);
    report(`${what}: serves ${((performance.now() - begun) / 1000).toFixed(0)} s after it was started`);
  }

  /** The status of the health page; 0 where there is no answer that can be trusted. */
  async health(): Promise<number> {
    try {
      return (await this.#client.ask(healthPath)).status;
    } catch {
      return 0;
    }
  }

  healthy(timeoutMs: number): Promise<void> {
    const well = until("the registry's health", timeoutMs, async () => {
      const status = await this.health();
      return status === 200 ? { done: undefined } : { waiting: `HTTP ${status}` };
    });
    return withLastWords(well, () => lastSaid(this.vm));
  }

  /** Parameters reach the machine each minute; a test need not wait for it. */
  async sync(): Promise<void> {
    await this.vm.run("systemctl", "start", "registry-sync");
  }
}

/** What a machine said last of what makes it a registry, which goes with it. */
function lastSaid(vm: Vm): Promise<string> {
  const units = ["registry-certificate", "registry-sync", "registry-health", "docker-registry", "nginx"];
  return vm.run("journalctl", "--no-pager", "--lines=40", ...units.map((unit) => `--unit=${unit}`));
}

/** What a user sees, for the runbook. */
export function words(situation: string, said: string): void {
  report(`${situation}:\n    ${said}`);
}
