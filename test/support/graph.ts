/** The whole program under evaluation, and questions that tests ask of what it declares. */
import { readFileSync } from "node:fs";
import path from "node:path";

import { parse } from "yaml";

import { isRecord, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { evaluate, type EvaluateOptions, type Graph, type Registration } from "./mocks.ts";

export const projectFolder = path.join(import.meta.dirname, "../..");
const prefix = "spark-platform:";
let imports = 0;

/** What a YAML file of the project says. */
export function readYaml(file: string): Fields {
  const content: unknown = parse(readFileSync(path.join(projectFolder, file), "utf8"));
  if (!isRecord(content)) throw new Error(`${file} holds no keys`);
  return content;
}

/** The keys of a stack file of this project, without the project's name. */
export function stackFile(stack: string): Fields {
  const { config } = readYaml(`stacks/Pulumi.${stack}.yaml`);
  return Object.fromEntries(
    Object.entries(isRecord(config) ? config : {})
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** index.ts, run as if for the first time: its modules are loaded once, itself again and again. */
export async function program(): Promise<unknown> {
  const module: unknown = await import(`../../index.ts?evaluation=${++imports}`);
  return isRecord(module) ? { ...module } : module;
}

/** All that the project's program declares for a stack's keys. */
export function evaluateStack(config: Fields, options: Omit<EvaluateOptions, "config"> = {}): Promise<Graph> {
  return evaluate(program, { config, ...options });
}

const graphs = new Map<string, Promise<Graph>>();

/** The keys of the `local` stack without what people see of it: no pages, no API. */
function quietLocal(): Fields {
  const { ui, gateway, history, ...rest } = stackFile("local");
  if (![ui, gateway, history].every(isRecord)) throw new Error("the local stack has no pages or no API");
  return rest;
}

/** What `quietLocal` declares with these keys in place of its own, evaluated once for all who ask. */
export function localGraph(keys: Fields = {}, preview = false): Promise<Graph> {
  const id = JSON.stringify([keys, preview]);
  const known = graphs.get(id) ?? evaluateStack({ ...quietLocal(), ...keys }, { preview });
  graphs.set(id, known);
  return known;
}

/** Kubernetes resources, the Helm release among them, without the provider. */
export function kubernetes(graph: Graph): readonly Registration[] {
  return graph.registrations.filter((each) => each.type.startsWith("kubernetes:"));
}

/** Registrations of Kubernetes objects of that kind. */
export function ofKind(graph: Graph, kind: string): readonly Registration[] {
  return kubernetes(graph).filter((each) => textAt(each.inputs, "kind") === kind);
}

/** The one object of that kind and name, in that namespace if one is given. */
export function object(graph: Graph, kind: string, name: string, namespace?: string): Registration {
  const found = ofKind(graph, kind).filter(
    (each) => nameOf(each) === name && (namespace === undefined || namespaceOf(each) === namespace),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const names = ofKind(graph, kind).map((each) => `${namespaceOf(each) ?? ""}/${nameOf(each)}`);
    throw new Error(
      `${found.length} of ${kind} are ${namespace ?? ""}/${name}; there are ${names.join(", ")}`,
    );
  }
  return first;
}

export function nameOf(registration: Registration): string {
  return textAt(registration.inputs, "metadata", "name") ?? "";
}

export function namespaceOf(registration: Registration): string | undefined {
  return textAt(registration.inputs, "metadata", "namespace");
}

/** Everything that must exist before this, directly or through others, as URNs. */
export function upstream(graph: Graph, registration: Registration): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (urn: string): void => {
    if (seen.has(urn)) return;
    seen.add(urn);
    const found = graph.registrations.find((each) => each.urn === urn);
    if (found !== undefined) direct(found).forEach(visit);
  };
  direct(registration).forEach(visit);
  return seen;
}

/** What it says it depends on, and its provider, which the engine makes first and keeps until the resource is gone. */
function direct({ dependsOn, provider }: Registration): readonly string[] {
  return provider === undefined ? dependsOn : [...dependsOn, provider.slice(0, provider.lastIndexOf("::"))];
}

/** Every text in a value, with its dotted path. */
export function texts(value: unknown, at = ""): readonly (readonly [path: string, text: string])[] {
  if (typeof value === "string") return [[at, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    texts(inner, at === "" ? key : `${at}.${key}`),
  );
}

/** Paths of the objects without any key, in a value. */
export function emptyMaps(value: unknown, at = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return Array.isArray(value) ? [] : [at];
  return entries.flatMap(([key, inner]) => emptyMaps(inner, at === "" ? key : `${at}.${key}`));
}

/** The template of the pods of a Deployment, Job or CronJob; empty for other kinds. */
export function podTemplate({ inputs }: Registration): Fields {
  const spec = recordAt(inputs, "spec");
  return recordAt("jobTemplate" in spec ? recordAt(spec, "jobTemplate", "spec") : spec, "template");
}

/** The template of a SparkApplication or ScheduledSparkApplication. */
export function applicationSpec(registration: Registration): Fields {
  const spec = recordAt(registration.inputs, "spec");
  return isRecord(spec["template"]) ? spec["template"] : spec;
}
