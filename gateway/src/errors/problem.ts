import type { Violation } from "../../../jobs/manifest/index.ts";
import { isRecord } from "../../../jobs/manifest/record.ts";
import { storeTrouble } from "../store/errors.ts";
import { problemCodes, type ProblemCode } from "./codes.ts";

export interface ProblemOptions extends ErrorOptions {
  readonly violations?: readonly Violation[];
  /** What it was about, for the audit log; not answered. */
  readonly target?: string;
}

/** What the API refuses, in the caller's terms. `message` is the answer's `detail`; it never repeats a token. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly violations: readonly Violation[];
  readonly target: string | undefined;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options);
    this.code = code;
    this.violations = options.violations ?? [];
    this.target = options.target;
  }

  get status(): number {
    return problemCodes[this.code].status;
  }
}

/** Whatever was thrown, as the problem that is answered; its cause is what was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const trouble = storeTrouble(error);
  if (trouble === "store-full")
    return new Problem(trouble, "nothing was changed; tell an admin", { cause: error });
  if (trouble !== undefined) return new Problem(trouble, "nothing was changed; try again", { cause: error });
  return (
    fromFramework(error) ?? new Problem("internal-error", "the gateway's log says more", { cause: error })
  );
}

/** Fastify's own refusals. Their messages can repeat a piece of the request, so that they are not passed on. */
function fromFramework(error: unknown): Problem | undefined {
  const fields: unknown = error;
  if (!isRecord(fields)) return undefined;
  const status = fields["statusCode"];
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  const cause = { cause: error };
  switch (status) {
    case 404:
      return new Problem("not-found", "there is nothing at this path", cause);
    case 408:
      return new Problem("request-timeout", "send it again, faster", cause);
    case 413:
      return new Problem("request-too-large", "the body may have 1 MiB at most, a submission's 4 MiB", cause);
    case 415:
      return new Problem(
        "unsupported-media-type",
        "send the body as the API's description says, mostly application/json",
        cause,
      );
    default:
      return new Problem("malformed-request", "send a well-formed request with a body of JSON", cause);
  }
}
