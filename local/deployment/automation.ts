import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile, mkdir, realpath } from "node:fs/promises";
import { delimiter, dirname, join, relative } from "node:path";

import { LocalWorkspace, type OutputMap, type Stack } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";

import {
  configValue,
  type Changes,
  type Deployment,
  type DeploymentOptions,
  type StackConfig,
} from "./deployment.ts";
import { stateFolder } from "./state-folder.ts";
import { unlock } from "./unlock.ts";
import { isRecord, listAt, numberAt, recordAt, textAt, type Fields } from "../kube/json.ts";

export interface AutomationOptions extends DeploymentOptions {
  /** The program, from the project's folder. Default: the project's own. */
  readonly main?: string;
  /** Further variables of the engine's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the engine alone can do. */
interface Previews {
  /** Operation (`create`, `same`, …) -> how many resources it would touch. @throws as `up` does. */
  readonly preview: (config: StackConfig) => Promise<Readonly<Record<string, number>>>;
}

/**
 * The Pulumi engine through its automation API. State, config and the CLI's own folder are in one folder, by default a
 * temporary one, and the project is only read: its Pulumi.yaml is copied there with `main` leading back to the program, so
 * that no Pulumi.<stack>.yaml is ever left among the project's stacks.
 */
export async function openAutomation(options: AutomationOptions): Promise<Deployment & Previews> {
  const folder = await stateFolder(options.folder, "spark-platform-pulumi-");
  const project = await copyProject(options, folder);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: options.stack, workDir: join(folder, "project") },
    { envVars: await environment(options, folder) },
  );
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (options.folder !== undefined) await unlock(folder, stack, options.log);
  return {
    engine: "pulumi",
    async up(config) {
      await forget(stack, project, config);
      const json = configJson(project, config);
      await reported(config, () => stack.workspace.setAllConfigJson(options.stack, json));
      const result = await reported(config, () =>
        stack.up({ onOutput: lines(options.log), suppressProgress: true, ...signal }),
      );
      return { outputs: plain(result.outputs), changes: changesOf(result.summary.resourceChanges ?? {}) };
    },
    async preview(config) {
      const json = configJson(project, config);
      await reported(config, () => stack.workspace.setAllConfigJson(options.stack, json));
      const { changeSummary } = await reported(config, () => stack.preview({ suppressProgress: true }));
      return { ...changeSummary };
    },
    async destroy() {
      await unprotect(stack, options.log);
      await reported({}, () =>
        stack.destroy({ onOutput: lines(options.log), suppressProgress: true, ...signal }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the project's name. */
async function copyProject({ projectDir, ...options }: AutomationOptions, folder: string): Promise<string> {
  const settings: unknown = parse(await readFile(join(projectDir, "Pulumi.yaml"), "utf8"));
  const name = textAt(settings, "name");
  if (!isRecord(settings) || name === undefined) throw new Error(`${projectDir}/Pulumi.yaml has no name`);
  const work = join(folder, "project");
  await mkdir(work, { recursive: true });
  await mkdir(join(folder, "backend"), { recursive: true });
  const program = options.main ?? textAt(settings, "main") ?? ".";
  const main = relative(work, join(await realpath(projectDir), program));
  const copy = { ...settings, main, stackConfigDir: "." };
  await writeFile(join(work, "Pulumi.yaml"), stringify(copy));
  return name;
}

async function environment(options: AutomationOptions, folder: string): Promise<Record<string, string>> {
  return {
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    KUBECONFIG: await realpath(options.kubeconfig),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: await passphrase(folder),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // A CLI that is built from source does not know its own version.
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    ...options.env,
  };
}

/** What the secrets of the state are sealed with, the same each time that the folder is opened. */
async function passphrase(folder: string): Promise<string> {
  const file = join(folder, "passphrase");
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFile(file, "utf8");
}

/** Strings as they are, anything else as an object value, so that Pulumi.yaml's types are checked. */
function configJson(project: string, config: StackConfig): string {
  const entries = Object.entries(config).map(([key, given]) => {
    const { value, secret } = configValue(given);
    const structured = typeof value === "object" && value !== null;
    return [
      `${project}:${key}`,
      { value: wire(value), secret, ...(structured ? { objectValue: value } : {}) },
    ];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** Removes what an earlier `up` had in its config and this one has not. */
async function forget(stack: Stack, project: string, config: StackConfig): Promise<void> {
  const given = new Set(Object.keys(config).map((key) => `${project}:${key}`));
  const old = Object.keys(await stack.getAllConfig()).filter((key) => !given.has(key));
  if (old.length > 0) await stack.removeAllConfig(old);
}

/** Turns the automation API's failure into what the engine says to a person, without any secret of the config. */
async function reported<T>(config: StackConfig, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const said = diagnostics(error instanceof Error ? error.message : String(error));
    const secrets = Object.values(config)
      .map(configValue)
      .filter(({ secret }) => secret);
    const text = secrets.reduce((rest, { value }) => rest.replaceAll(wire(value), "[secret]"), said);
    throw new Error(`the Pulumi engine: ${text}`);
  }
}

/** The diagnostics of an update; of any other command what it wrote to the error stream. */
export function diagnostics(message: string): string {
  const section = /^Diagnostics:\n([^]*?)(?=^(?:Outputs|Resources|Policies):|$(?![^]))/m.exec(message)?.[1];
  const streams = /\bstderr: (?:Command failed[^\n]*\n)?([^]*?)(?:\n err\?:|$(?![^]))/.exec(message)?.[1];
  const kept = (section ?? streams ?? message)
    .split("\n")
    .filter((line) => !pathNotice.test(line) && line.trim() !== "");
  return kept.join("\n").trim();
}

/** What the CLI says of each plug-in that it finds on PATH. */
const pathNotice = /warning: using pulumi-[\w-]+ from \$PATH/;

/** Protection is for people's stacks; a test removes what it made. */
async function unprotect(stack: Stack, log: (line: string) => void): Promise<void> {
  const state = await stack.exportStack();
  const resources = listAt(state.deployment, "resources");
  const isProtected = (each: unknown): each is Fields => isRecord(each) && each["protect"] === true;
  if (!resources.some(isProtected)) return;
  log(`taking the protection off ${resources.filter(isProtected).length} resources`);
  const open = resources.map((each) => (isProtected(each) ? { ...each, protect: false } : each));
  await stack.importStack({ ...state, deployment: { ...recordAt(state, "deployment"), resources: open } });
}

function changesOf(summary: unknown): Changes {
  const count = (operation: string): number => numberAt(summary, operation) ?? 0;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    same: count("same"),
  };
}

function plain(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, output]): [string, unknown] => [key, output.value]),
  );
}

function lines(log: (line: string) => void): (output: string) => void {
  return (output) => {
    for (const line of output.split("\n"))
      if (line.trim() !== "" && !pathNotice.test(line)) log(line.trimEnd());
  };
}

function wire(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
