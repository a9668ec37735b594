import type { z } from "zod";

import { expectedBy, problemOf } from "./issues.ts";
import { lostKeys } from "./lost-keys.ts";
import { docsAt, keysAt } from "./schema-docs.ts";
import { describeExample, listed, nearest } from "./text.ts";
import { joinPath } from "./violations.ts";
import type { Result, Violation } from "./violations.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks `input` against `schema` and tells everything that is wrong at once. What would be right comes from the
 * schema's own `.meta({ description, examples })`; values below `.meta({ secret: true })` are never repeated.
 * `basePath` (default: none) goes before every path, for an input that is part of a larger file.
 */
export function check<S extends z.ZodType>(schema: S, input: unknown, basePath = ""): Result<z.output<S>> {
  const parsed = schema.safeParse(input);
  const lost = lostKeys(schema, input, basePath);
  if (parsed.success && lost.length === 0) return { ok: true, value: parsed.data };
  const issues = parsed.error?.issues ?? [];
  const violations = [...issues.flatMap((issue) => toViolations(schema, input, issue, basePath)), ...lost];
  return { ok: false, violations: distinct(violations) };
}

function toViolations(
  schema: z.ZodType,
  input: unknown,
  issue: Issue,
  basePath: string,
): readonly Violation[] {
  if (issue.code === "unrecognized_keys") return unknownKeys(schema, issue, basePath);
  const meant = issue.code === "invalid_union" ? meantOption(issue) : undefined;
  if (meant !== undefined) {
    return meant.flatMap((nested) =>
      toViolations(schema, input, { ...nested, path: [...issue.path, ...nested.path] }, basePath),
    );
  }
  // A name that is wrong is the record's matter; the schema of its values says nothing about it.
  const docs = docsAt(schema, issue.code === "invalid_key" ? issue.path.slice(0, -1) : issue.path);
  return [
    {
      path: joinPath(basePath, ...issue.path),
      problem: problemOf(issue, valueAt(input, issue.path), docs.secret),
      expected: expectedBy(issue) ?? expectedFrom(docs),
    },
  ];
}

/** Of a union, the one option whose type fits: its own issues say more than "none of the options". */
function meantOption(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const fitting = issue.errors.filter(
    (option) => !option.some((nested) => nested.code === "invalid_type" && nested.path.length === 0),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function unknownKeys(
  schema: z.ZodType,
  issue: z.core.$ZodIssueUnrecognizedKeys,
  basePath: string,
): readonly Violation[] {
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => {
    const guess = nearest(key, known);
    const all = known.length === 0 ? "no keys" : `one of ${known.join(", ")}`;
    return {
      path: joinPath(basePath, ...issue.path, key),
      problem: `${describeExample(key)} is not a key that is known here`,
      expected: guess === undefined ? all : `${describeExample(guess)} (or ${all})`,
    };
  });
}

function expectedFrom(docs: ReturnType<typeof docsAt>): string {
  const description = docs.description ?? "another value";
  return docs.examples.length === 0 ? description : `${description}, for example ${listed(docs.examples)}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, segment) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    return Reflect.get(value, segment);
  }, input);
}

/** Two checks of one field may say the same; once is enough. */
function distinct(violations: readonly Violation[]): readonly Violation[] {
  return [...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values()];
}
