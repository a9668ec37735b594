import { z } from "zod";

/** What a schema says about the value at some path, in its own `.meta()`. */
export interface SchemaDocs {
  readonly description: string | undefined;
  readonly examples: readonly unknown[];
  /** True below any schema with `.meta({ secret: true })`: the value must not appear in a message. */
  readonly secret: boolean;
}

type Schema = z.core.$ZodType;

/**
 * The documentation nearest to `path`: the schema there, or else the closest one above it that says something.
 * Schemas so carry their documentation once, for messages, for the JSON schema and for the docs.
 */
export function docsAt(schema: Schema, path: readonly PropertyKey[]): SchemaDocs {
  return along(schema, path).flatMap(layers).reduce<SchemaDocs>(refine, {
    description: undefined,
    examples: [],
    secret: false,
  });
}

/** The schemas from the root to the end of the path, or to where it leaves what is known. */
function along(schema: Schema, path: readonly PropertyKey[]): readonly Schema[] {
  const [segment, ...rest] = path;
  const next = segment === undefined ? undefined : childOf(schema, segment);
  return next === undefined ? [schema] : [schema, ...along(next, rest)];
}

/** The keys that an object schema at `path` knows; none where it is not an object. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  const here = path.reduce<Schema | undefined>((at, segment) => at && childOf(at, segment), schema);
  const bare = here === undefined ? undefined : layers(here).at(-1);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** Whether a schema is one of names that the input chooses. */
export function isRecordSchema(schema: Schema): boolean {
  return layers(schema).at(-1) instanceof z.ZodRecord;
}

function refine(above: SchemaDocs, schema: Schema): SchemaDocs {
  const meta = z.globalRegistry.get(schema);
  const secret = above.secret || meta?.["secret"] === true;
  if (meta?.description === undefined) return { ...above, secret };
  return {
    description: meta.description,
    examples: Array.isArray(meta["examples"]) ? meta["examples"] : [],
    secret,
  };
}

/** The schema and what it wraps (optional, default, transform…), outermost first. */
function layers(schema: Schema): readonly Schema[] {
  const inner = unwrap(schema);
  return inner === undefined ? [schema] : [schema, ...layers(inner)];
}

function unwrap(schema: Schema): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.def.innerType;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.innerType;
  if (schema instanceof z.ZodReadonly) return schema.def.innerType;
  return schema instanceof z.ZodPipe ? schema.def.in : undefined;
}

/** The schema of what an input has under a key or at an index; of a union, the first option's that knows it. */
export function childOf(schema: Schema, segment: PropertyKey): Schema | undefined {
  const bare = layers(schema).at(-1);
  if (bare instanceof z.ZodArray) return bare.def.element;
  if (bare instanceof z.ZodRecord) return bare.def.valueType;
  if (bare instanceof z.ZodUnion) {
    return bare.def.options.map((option) => childOf(option, segment)).find((found) => found !== undefined);
  }
  if (!(bare instanceof z.ZodObject) || !Object.hasOwn(bare.shape, segment)) return undefined;
  const found: unknown = Reflect.get(bare.shape, segment);
  return found instanceof z.ZodType ? found : undefined;
}
