import { z } from "zod";

import { problemCodes, type ProblemCode } from "./codes.ts";
import type { Problem } from "./problem.ts";

/** RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457), with a code and the violations as extensions. */
const problemSchema = z
  .object({
    type: z.string().meta({ description: "the problem's code as a URN" }),
    title: z.string().meta({ description: "what went wrong; the same for every problem of the code" }),
    status: z.int().meta({ description: "the HTTP status" }),
    detail: z.string().meta({ description: "this time's particulars, and what to do" }),
    instance: z
      .string()
      .meta({ description: "the request's id as a URN; the gateway's log and audit have it" }),
    code: z
      .enum(Object.keys(problemCodes))
      .meta({ description: "what to act on; a code never changes its meaning" }),
    violations: z
      .array(z.object({ path: z.string(), problem: z.string(), expected: z.string() }))
      .optional()
      .meta({ description: "every field that is wrong: where, what, and what would be right" }),
  })
  .meta({ id: "Problem", description: "a refusal or a failure" });

export type ProblemBody = z.output<typeof problemSchema>;

const content = { "application/problem+json": { schema: problemSchema } };

/** The answers that every route can give besides its own. */
export const problemResponses = {
  "4xx": { description: describe(400, 499), content },
  "5xx": { description: describe(500, 599), content },
};

/** A problem as it is answered. */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  return {
    type: `urn:spark-platform:problem:${problem.code}`,
    title: problemCodes[problem.code].title,
    status: problem.status,
    detail: problem.message,
    instance: `urn:uuid:${requestId}`,
    code: problem.code,
    ...(problem.violations.length > 0 && { violations: [...problem.violations] }),
  };
}

function describe(from: number, to: number): string {
  const isCode = (code: string): code is ProblemCode => code in problemCodes;
  const codes = Object.keys(problemCodes).filter(
    (code) => isCode(code) && problemCodes[code].status >= from && problemCodes[code].status <= to,
  );
  return `A problem: ${codes.join(", ")}`;
}
