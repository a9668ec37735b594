/**
 * The operator's own CRD schemas as validators that refuse unknown fields, which the API server would silently
 * drop. They come from a fixture, stripped of descriptions, so that tests need neither Go nor the chart.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

export type Kind = "SparkApplication" | "ScheduledSparkApplication";

type Schemas = Readonly<Record<Kind, unknown>>;

export const crdsFixture = path.join(import.meta.dirname, "../fixtures/crds.json");

/** Files in the chart's `crds/`, by kind. */
const crdFiles: Readonly<Record<Kind, string>> = {
  SparkApplication: "sparkoperator.k8s.io_sparkapplications.yaml",
  ScheduledSparkApplication: "sparkoperator.k8s.io_scheduledsparkapplications.yaml",
};

const crdSchema = z.object({
  spec: z.object({
    versions: z.tuple([
      z.object({ name: z.literal("v1beta2"), schema: z.object({ openAPIV3Schema: z.unknown() }) }),
    ]),
  }),
});

/** The schemas of the chart in `folder`, stripped of what validation does not use. */
export function readChartCrds(folder: string): Schemas {
  const read = (kind: Kind): unknown => {
    const crd = crdSchema.parse(parse(readFileSync(path.join(folder, "crds", crdFiles[kind]), "utf8")));
    return withoutDescriptions(crd.spec.versions[0].schema.openAPIV3Schema);
  };
  return {
    SparkApplication: read("SparkApplication"),
    ScheduledSparkApplication: read("ScheduledSparkApplication"),
  };
}

/** The schemas of the fixture. */
export function readFixtureCrds(): Schemas {
  const schemas = z.object({ SparkApplication: z.unknown(), ScheduledSparkApplication: z.unknown() });
  return schemas.parse(JSON.parse(readFileSync(crdsFixture, "utf8")));
}

/** What is wrong with a manifest by its CRD, one line each; empty if nothing is. */
export function crdErrors(manifest: { readonly kind: Kind }): readonly string[] {
  const validate = validatorOf(manifest.kind);
  // As it would travel: what JSON drops or turns must not pass unseen.
  if (validate(JSON.parse(JSON.stringify(manifest)))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
  );
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: { int32: true, int64: true, "date-time": true },
});
const validators = new Map<Kind, ValidateFunction>();

function validatorOf(kind: Kind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const compiled = ajv.compile(z.looseObject({}).parse(closed(readFixtureCrds()[kind])));
  validators.set(kind, compiled);
  return compiled;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A schema below `properties` may be called anything, also "description": only schemas' own words are stripped. */
function withoutDescriptions(schema: unknown): unknown {
  return rewrite(schema, (node) =>
    Object.fromEntries(Object.entries(node).filter(([key]) => key !== "description")),
  );
}

/** The same schema, refusing fields that it does not list, where it lists any and does not say otherwise. */
function closed(schema: unknown): unknown {
  return rewrite(schema, (node) => {
    if (node["x-kubernetes-int-or-string"] === true) return { ...node, type: ["integer", "string"] };
    const open = node["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in node;
    return open || !isObject(node["properties"]) ? node : { ...node, additionalProperties: false };
  });
}

/** Changes each schema of a tree, knowing which keys hold schemas and which hold names. */
function rewrite(schema: unknown, change: (node: Json) => Json): unknown {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(change(schema)).map(([key, value]) => {
    if (key === "properties" && isObject(value)) {
      return [
        key,
        Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewrite(inner, change)])),
      ];
    }
    return [key, key === "items" || key === "additionalProperties" ? rewrite(value, change) : value];
  });
  return z.looseObject({}).parse(Object.fromEntries(entries));
}
