import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";

import { check } from "../../../jobs/manifest/index.ts";
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
    const { violations } = checked;
    return {
      error: new Problem(
        "invalid-input",
        violations.map(({ path, problem }) => `${path}: ${problem}`).join("; "),
        {
          violations,
        },
      ),
    };
  };
};
