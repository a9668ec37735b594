import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { configValue, type StackConfig } from "../deployment.ts";
import { at, isRecord, recordAt, textAt } from "../../kube/json.ts";

export interface Project {
  readonly name: string;
  /** Path of the program. */
  readonly main: string;
  /** Complete keys and their values as the program gets them. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(typeof value === "string" ? Number(value) : value),
  boolean: (value) => value === true || value === false || value === "true" || value === "false",
  array: Array.isArray,
  object: isRecord,
};

/** Reads Pulumi.yaml as the CLI does: defaults, keys that must be set, and the types of those that are. */
export function readProject(projectDir: string, given: StackConfig): Project {
  const settings: unknown = parse(readFileSync(join(projectDir, "Pulumi.yaml"), "utf8"));
  const name = textAt(settings, "name") ?? "";
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  const schema = recordAt(settings, "config");
  const qualified = (key: string): string => (key.includes(":") ? key : `${name}:${key}`);
  for (const [key, declared] of Object.entries(schema)) {
    const fallback = isRecord(declared) ? (declared["value"] ?? declared["default"]) : declared;
    const supplied = given[key] !== undefined || given[qualified(key)] !== undefined;
    if (!supplied && fallback === undefined && textAt(declared, "type") !== undefined) {
      throw new Error(`missing required configuration value for "${key}"`);
    }
    if (fallback !== undefined) config[qualified(key)] = wire(fallback);
  }
  for (const [key, value] of Object.entries(given)) {
    const plain = configValue(value);
    const type = textAt(at(schema, key), "type");
    if (type !== undefined && types[type]?.(plain.value) === false) {
      throw new Error(`configuration value for "${key}" must be of type ${type}`);
    }
    config[qualified(key)] = wire(plain.value);
    if (plain.secret || at(schema, key, "secret") === true) secretKeys.push(qualified(key));
  }
  return { name, main: join(projectDir, textAt(settings, "main") ?? "index.ts"), config, secretKeys };
}

function wire(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
