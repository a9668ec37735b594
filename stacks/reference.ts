import { z } from "zod";

import { jobSchema } from "../jobs/manifest/index.ts";
import { commonKeys, targetKeys, targetSchema } from "./schema.ts";

/** The part of a JSON schema that zod writes for schemas such as ours. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const schemaOf: z.ZodType<Schema> = z.looseObject({});

/** Every key of a stack file and of its jobs as Markdown tables, from the schemas that check them. */
export function reference(): string {
  const { name, ...job } = jobSchema.shape;
  return [
    "### Keys of every stack",
    keys({ target: targetSchema, ...commonKeys }),
    "### Keys of a stack in a cluster that exists (target `kubeconfig`)",
    keys(targetKeys.kubeconfig),
    "### Keys of a stack in AWS (target `aws`)",
    keys(targetKeys.aws),
    "### Fields of a job",
    `Below \`jobs.NAME\`, beside \`namespace\` and \`code\`. The key is the job's name: ${docs(name)}`,
    keys(job),
  ].join("\n\n");
}

function keys(shape: z.core.$ZodLooseShape): string {
  return table(rows(schemaOf.parse(z.toJSONSchema(z.strictObject(shape), { io: "input" })), ""));
}

function docs(schema: z.ZodType): string {
  return `${z.globalRegistry.get(schema)?.description ?? ""}.`;
}

type Row = readonly [key: string, type: string, fallback: string, meaning: string, example: string];

function table(found: readonly Row[]): string {
  const titles: Row = ["Key", "Type", "Default", "Meaning", "Example"];
  const line = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...found.map(line)].join("\n");
}

/** One row for each key, a key's own keys below it. */
function rows(schema: Schema, base: string, when = ""): readonly Row[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const path = base === "" ? key : `${base}.${key}`;
    // What tells the options apart is in the other rows of each.
    if (field.const !== undefined) return [];
    return [
      row(path, field, required.includes(key) && field.default === undefined, when),
      ...below(field, path, when),
    ];
  });
}

function below(field: Schema, path: string, when: string): readonly Row[] {
  if (field.oneOf !== undefined) return optionRows(field.oneOf, path, when);
  if (field.items?.properties !== undefined) return rows(field.items, `${path}[]`, when);
  const values = field.additionalProperties;
  if (typeof values === "object" && values.properties !== undefined)
    return rows(values, `${path}.NAME`, when);
  return rows(field, path, when);
}

/** Keys that every option has come once, the others with the kind that they are for. */
function optionRows(options: readonly Schema[], path: string, when: string): readonly Row[] {
  const kind = (option: Schema): string =>
    [when, `for kind ${code(kindOf(option))}`].filter((part) => part !== "").join(", ");
  const common = (key: string): boolean => options.every((option) => option.properties?.[key] !== undefined);
  return options.flatMap((option, index) => {
    const entries = Object.entries(option.properties ?? {});
    const pick = (shared: boolean): Schema => ({
      ...option,
      properties: Object.fromEntries(entries.filter(([key]) => common(key) === shared)),
    });
    return [...(index === 0 ? rows(pick(true), path, when) : []), ...rows(pick(false), path, kind(option))];
  });
}

function kindOf(option: Schema): string {
  return String(option.properties?.["kind"]?.const);
}

function row(path: string, field: Schema, required: boolean, when: string): Row {
  const mustBeSet = required || (field.minItems ?? 0) > 0;
  const meaning = [field.description ?? "", when].filter((part) => part !== "").join("; ");
  const [example] = field.examples ?? [];
  return [
    code(path),
    typeOf(field),
    mustBeSet ? "must be set" : field.default === undefined ? "" : code(JSON.stringify(field.default)),
    meaning.replaceAll("|", "\\|"),
    example === undefined ? "" : code(typeof example === "string" ? example : JSON.stringify(example)),
  ];
}

function typeOf(field: Schema): string {
  if (field.secret === true && field.type === "string") return "text, secret";
  if (field.enum !== undefined) return field.enum.map(String).join(", ");
  if (field.oneOf !== undefined) {
    return `object; kind: ${field.oneOf.map(kindOf).join(", ")}`;
  }
  return types[field.type ?? ""] ?? "object";
}

const types: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  array: "list",
};

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
