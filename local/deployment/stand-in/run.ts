/** One `up` of the stand-in engine, in a process of its own: the program's modules and Pulumi's globals are fresh. */
import { pathToFileURL } from "node:url";

import * as pulumi from "@pulumi/pulumi";

import type { Changes } from "../deployment.ts";
import { isRecord, type Fields } from "../../kube/json.ts";
import { installMonitor, type Registered, type Registration } from "./monitor.ts";
import { Clusters } from "./clusters.ts";
import { readProject } from "./project.ts";
import { handle, remove } from "./resources.ts";
import type { Run } from "./run-context.ts";
import { StateFile } from "./state.ts";

export interface UpRequest {
  readonly projectDir: string;
  readonly stack: string;
  readonly config: Fields;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly stateFile: string;
}

export type UpReply =
  | { readonly log: string }
  | { readonly outputs: Fields; readonly changes: Changes }
  | { readonly errors: readonly string[] };

class Up {
  readonly #request: UpRequest;
  readonly #run: Run;
  readonly #counts = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  readonly #seen = new Set<string>();
  readonly #failures: string[] = [];
  readonly #rejections: string[] = [];
  #outputs: Fields = {};

  constructor(request: UpRequest) {
    this.#request = request;
    const state = StateFile.open(request.stateFile);
    const log = (line: string): void => {
      send({ log: line });
    };
    const clusters = new Clusters(state, request.folder, request.kubeconfig);
    this.#run = { state, clusters, folder: request.folder, log };
  }

  /** Starts the program; what it registers goes on until the process has nothing left to do. */
  async start(): Promise<void> {
    process.on("unhandledRejection", (reason) => this.#rejections.push(text(reason)));
    process.on("uncaughtException", (error) => this.#rejections.push(text(error)));
    const { stack, projectDir, config } = this.#request;
    const project = readProject(projectDir, config);
    await installMonitor({
      project: project.name,
      stack,
      preview: false,
      register: (registration) => this.#register(registration),
      outputs: (urn, values) => {
        if (urn.split("::")[2] === "pulumi:pulumi:Stack") this.#outputs = values;
      },
      refused: (error) => void this.#failures.push(text(error)),
    });
    pulumi.runtime.setAllConfig(project.config, [...project.secretKeys]);
    process.chdir(projectDir);
    await pulumi.runtime.runInPulumiStack(async (): Promise<unknown> => {
      const module: unknown = await import(pathToFileURL(project.main).href);
      return isRecord(module) ? { ...module } : module;
    });
  }

  /** Notes what the program itself threw. */
  fail(error: unknown): void {
    this.#rejections.push(text(error));
  }

  async #register(registration: Registration): Promise<Registered> {
    const { urn, type, name } = registration;
    this.#seen.add(urn);
    if (this.#failures.length > 0) throw new Error("not begun, since another resource failed");
    try {
      const { change, registered } = await handle(this.#run, registration);
      this.#counts[change]++;
      if (change !== "same") this.#run.log(`${change} ${type} ${name}`);
      const entries = Object.entries(registered.state).map(([key, value]): [string, unknown] => [
        key,
        registered.secrets.includes(key) ? pulumi.secret(value) : value,
      ]);
      return { id: registered.id, state: Object.fromEntries(entries) };
    } catch (error) {
      this.#failures.push(`${type} ${name}: ${text(error)}`);
      throw error;
    }
  }

  /** After all that is in flight has settled: removes what is declared no longer, or says what failed. */
  async finish(): Promise<UpReply> {
    const errors = this.#failures.length > 0 ? this.#failures : [...new Set(this.#rejections)];
    if (errors.length > 0) return { errors };
    const { state } = this.#run;
    const gone = state.entries.filter((entry) => !this.#seen.has(entry.urn)).reverse();
    for (const entry of [...state.replaced].reverse()) await remove(this.#run, entry);
    for (const entry of gone) {
      await remove(this.#run, entry);
      this.#counts.delete++;
      this.#run.log(`delete ${entry.urn.split("::").slice(2).join(" ")}`);
    }
    return { outputs: this.#outputs, changes: this.#counts };
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(reply: UpReply): void {
  process.send?.(reply);
}

function isRequest(message: unknown): message is UpRequest {
  return (
    isRecord(message) && typeof message["projectDir"] === "string" && typeof message["stateFile"] === "string"
  );
}

let replied = false;

process.once("message", (message) => {
  if (!isRequest(message)) throw new Error("not a request");
  const up = new Up(message);
  process.once("beforeExit", () => {
    void up
      .finish()
      .catch((error: unknown): UpReply => ({ errors: [text(error)] }))
      .then((reply) => {
        send(reply);
        replied = true;
        process.disconnect();
      });
  });
  up.start().catch((error: unknown) => {
    up.fail(error);
  });
  process.once("disconnect", () => {
    // Whoever asked was stopped, at whatever moment: the next one goes on from the state.
    if (!replied) process.exit(1);
  });
  process.channel?.unref();
});
