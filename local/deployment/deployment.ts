import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { openAutomation } from "./automation.ts";
import { openStandIn } from "./stand-in.ts";

/** How many resources an `up` touched, the stack itself and components included. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

/** The project's config by key, without the project's prefix: JSON values, or ones that are secret. */
export type StackConfig = Readonly<Record<string, unknown>>;

export interface UpResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly changes: Changes;
}

/** One stack of the real program on a real cluster. */
export interface Deployment {
  readonly engine: "pulumi" | "stand-in";
  /** Deploys, or changes what is deployed. @throws with the engine's own error text. */
  readonly up: (config: StackConfig) => Promise<UpResult>;
  /** Removes all that any `up` made, a failed one too. */
  readonly destroy: () => Promise<void>;
}

export interface DeploymentOptions {
  readonly stack: string;
  /** The folder with Pulumi.yaml. */
  readonly projectDir: string;
  /** Path of the kubeconfig of the cluster that everything goes to. */
  readonly kubeconfig: string;
  /**
   * Where the engine keeps the stack's state, secrets among it: whoever opens the same folder goes on with the same
   * stack, and `destroy` removes it. Default: a new temporary folder.
   */
  readonly folder?: string;
  /** Stops what is being done; the state is then as if it had failed. */
  readonly signal?: AbortSignal;
  readonly log: (line: string) => void;
}

const needed = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
  "pulumi-resource-random",
  "pulumi-resource-tls",
];

/** The engine that has its state in a folder: another one knows nothing of that stack. */
export function engineOf(folder: string | undefined): Deployment["engine"] | undefined {
  if (folder === undefined) return undefined;
  if (existsSync(join(folder, "state.json"))) return "stand-in";
  return existsSync(join(folder, "backend")) ? "pulumi" : undefined;
}

/**
 * Opens the Pulumi engine where its programs are on PATH, and the stand-in where one is not. The environment variable
 * E2E_ENGINE (`pulumi` or `stand-in`) decides instead. A stack that is there goes on with the engine that made it.
 */
export async function openDeployment(options: DeploymentOptions): Promise<Deployment> {
  const begun = engineOf(options.folder);
  const { engine, why } =
    begun === undefined
      ? chooseEngine(process.env["E2E_ENGINE"], missingPrograms(process.env["PATH"] ?? ""))
      : { engine: begun, why: "it has the stack's state" };
  options.log(`engine: ${engine} (${why})`);
  return engine === "pulumi" ? openAutomation(options) : openStandIn(options);
}

export function chooseEngine(
  forced: string | undefined,
  missing: readonly string[],
): { readonly engine: Deployment["engine"]; readonly why: string } {
  if (forced === "pulumi" || forced === "stand-in") return { engine: forced, why: `E2E_ENGINE=${forced}` };
  if (forced !== undefined && forced !== "") {
    throw new Error(`E2E_ENGINE is "${forced}"; right would be "pulumi" or "stand-in"`);
  }
  return missing.length === 0
    ? { engine: "pulumi", why: "the CLI and its plug-ins are on PATH" }
    : { engine: "stand-in", why: `not on PATH: ${missing.join(", ")}` };
}

/** Programs of the engine, and the further ones that are named, that are not on the path. */
export function missingPrograms(path: string, more: readonly string[] = []): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return [...needed, ...more].filter(
    (program) => !folders.some((folder) => isExecutable(join(folder, program))),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A config value as given: the plain value, and whether it is secret. */
export function configValue(value: unknown): { readonly value: unknown; readonly secret: boolean } {
  const secret =
    typeof value === "object" && value !== null && "secret" in value && Object.keys(value).length === 1;
  return secret ? { value: value.secret, secret: true } : { value, secret: false };
}
