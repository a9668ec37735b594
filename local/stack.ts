import { readFileSync } from "node:fs";

import { parse } from "yaml";

import { at, isRecord, numberAt, type Fields } from "./kube/json.ts";

/** The config of stacks/Pulumi.local.yaml, by its keys without the project's prefix. */
export function localStack(): Fields {
  const text = readFileSync(new URL("../stacks/Pulumi.local.yaml", import.meta.url), "utf8");
  const config = recordOf(at(parse(text), "config"));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("spark-platform:", ""), value]),
  );
}

/** A part of the local stack. @throws where it has none. */
export function recordOf(value: unknown): Fields {
  if (!isRecord(value)) throw new Error("the local stack lacks a part");
  return value;
}

/** The ports at which the local stack answers: its pages, their log-in, and its API. */
export function localPorts(): readonly number[] {
  const stack = localStack();
  const ports = [
    ["ui", "nodePort"],
    ["ui", "identity", "nodePort"],
    ["gateway", "nodePort"],
  ];
  return ports.flatMap((path) => numberAt(stack, ...path) ?? []);
}
