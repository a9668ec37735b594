import { setImmediate as turn } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

import type { Fields } from "../../local/kube/json.ts";
import { installMonitor, type Registration } from "../../local/deployment/stand-in/monitor.ts";
import { mockOutputs } from "./mocks-outputs.ts";

export type { Registration } from "../../local/deployment/stand-in/monitor.ts";

export interface EvaluateOptions {
  /** Keys without the project's prefix; what is not a string is given as JSON, as the engine does. */
  readonly config?: Fields;
  readonly secretConfig?: Fields;
  readonly project?: string;
  readonly stack?: string;
  readonly preview?: boolean;
  /** Whether what only a provider can know is unknown (default: in a preview). */
  readonly unknowns?: boolean;
  /** Answers of providers' functions, by token, such as `aws:ec2/getAmi:getAmi`. Others are refused. */
  readonly calls?: Readonly<Record<string, (args: Fields) => Fields>>;
  /** Outputs by type, in place of those that its provider would mostly answer. */
  readonly outputs?: Readonly<Record<string, Fields>>;
}

/** All that a program declares. */
export interface Graph {
  readonly registrations: readonly Registration[];
  /** The stack's outputs, secrets unwrapped. */
  readonly outputs: Fields;
  /** Dotted paths of the outputs that are secret. */
  readonly secretOutputs: readonly string[];
  /** The one registration of that type and, where given, name. @throws where there is none, or more than one. */
  only(type: string, name?: string): Registration;
  all(type: string): readonly Registration[];
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Evaluates a program against mocks and records what it registers. One at a time: Pulumi's runtime is global.
 * @throws what the program throws, what a registration is refused with (such as a duplicate URN), what a rejected
 * promise that nobody awaited says, and where the program calls a provider's function that `calls` does not answer.
 */
export function evaluate(program: () => Promise<unknown>, options: EvaluateOptions = {}): Promise<Graph> {
  const run = last.then(() => evaluateAlone(program, options));
  last = run.catch(() => undefined);
  return run;
}

async function evaluateAlone(program: () => Promise<unknown>, options: EvaluateOptions): Promise<Graph> {
  const { project = "spark-platform", stack = "test", preview = false } = options;
  const unknowns = options.unknowns ?? preview;
  const registrations: Registration[] = [];
  const refusals: Error[] = [];
  const stackOutputs: { values: Fields; secrets: readonly string[] } = { values: {}, secrets: [] };
  await installMonitor({
    project,
    stack,
    preview,
    calls: options.calls,
    async register(registration) {
      registrations.push(registration);
      await turn();
      const { id, state } = mockOutputs(registration, unknowns);
      return { id, state: { ...state, ...options.outputs?.[registration.type] } };
    },
    outputs(urn, values, secrets) {
      if (urn.split("::")[2] === "pulumi:pulumi:Stack") Object.assign(stackOutputs, { values, secrets });
    },
    refused: (error) => void refusals.push(error),
  });
  setConfig(project, options);
  const body = async (): Promise<void> => {
    await pulumi.runtime.runInPulumiStack(program);
    await settle(registrations);
  };
  await withRejections(refusals, body, () => comeToRest(registrations));
  const all = (type: string): Registration[] => registrations.filter((each) => each.type === type);
  return {
    registrations,
    outputs: stackOutputs.values,
    secretOutputs: stackOutputs.secrets,
    all,
    only(type, name) {
      const found = all(type).filter((each) => name === undefined || each.name === name);
      const [first] = found;
      if (first !== undefined && found.length === 1) return first;
      const known = registrations.map((each) => `${each.type} ${each.name}`).join("\n  ");
      throw new Error(`${found.length} registrations are ${type} ${name ?? ""}; registered:\n  ${known}`);
    },
  };
}

function setConfig(project: string, { config = {}, secretConfig = {} }: EvaluateOptions): void {
  const entries = Object.entries({ ...config, ...secretConfig }).map(([key, value]): [string, string] => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(entries),
    Object.keys(secretConfig).map((key) => `${project}:${key}`),
  );
}

/** Waits until nothing registers any more, whatever an `apply` may still start. */
async function settle(registrations: readonly Registration[]): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 3; quiet++) {
    await pulumi.runtime.disconnect();
    await turn();
    if (registrations.length !== seen) quiet = 0;
    seen = registrations.length;
  }
}

/** Lets a program that failed end what it had begun, so that nothing of it reaches the next one. */
async function comeToRest(registrations: readonly Registration[]): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 20; quiet++) {
    await turn();
    if (registrations.length !== seen) quiet = 0;
    seen = registrations.length;
  }
}

/**
 * Makes a rejection that nobody awaited (a failure in an `apply`, a refused registration) the evaluation's own
 * failure. The listeners of the test runner step aside meanwhile: they would fail a test that expects just that.
 */
async function withRejections(
  refusals: readonly Error[],
  body: () => Promise<void>,
  rest: () => Promise<void>,
): Promise<void> {
  const others = process.listeners("unhandledRejection");
  const rejections: Error[] = [];
  const rejected = Promise.withResolvers<undefined>();
  const collect = (reason: unknown): void => {
    rejections.push(reason instanceof Error ? reason : new Error(JSON.stringify(reason)));
    rejected.resolve(undefined);
  };
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    // A resource whose input failed is never registered, and what waits for it waits for good.
    await Promise.race([body(), rejected.promise]);
    await (rejections.length === 0 ? turn() : rest());
  } catch (error) {
    collect(error);
    await rest();
  } finally {
    process.off("unhandledRejection", collect);
    for (const other of others) process.on("unhandledRejection", other);
  }
  const [first] = [...refusals, ...rejections];
  if (first !== undefined) throw first;
}
