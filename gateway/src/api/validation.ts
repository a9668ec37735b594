import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";

import { check, type Violation } from "../../../jobs/manifest/index.ts";
import { Problem } from "../errors/problem.ts";

/** What goes before a violation's path, by the part of the request; a body's own paths need nothing. */
const basePaths: Readonly<Record<string, string>> = {
  querystring: "query",
  params: "path",
  headers: "headers",
};

/** Checks a part of a request as the stack's files are checked: all that is wrong at once, each with what is right. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const base = basePaths[httpPart ?? ""] ?? "";
  return (input: unknown) => {
    const checked = check(schema, input, base);
    if (checked.ok) return { value: checked.value };
    return { error: invalidInput(checked.violations) };
  };
};

/** For a route that checks its body itself, by more than its schema says, and tells all of it at once. */
export const allButBody: FastifySchemaCompiler<unknown> = ({ schema, ...part }) =>
  part.httpPart !== "body" && schema instanceof z.ZodType
    ? validatorCompiler({ schema, ...part })
    : (value: unknown) => ({ value });

export function invalidInput(violations: readonly Violation[]): Problem {
  const detail = violations.map(({ path, problem }) => `${path}: ${problem}`).join("; ");
  return new Problem("invalid-input", detail, { violations });
}
