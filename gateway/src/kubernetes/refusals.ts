import { z } from "zod";

import { Problem } from "../errors/problem.ts";

const statusSchema = z.object({ message: z.string().default(""), reason: z.string().default("") });

/** A version, or a place in a list, that the API server no longer knows (410): one has to begin anew. */
export class Expired extends Error {
  override readonly name = "Expired";
}

/**
 * What an answer that is no success means to the caller. Busy (429), a fault (5xx) and credentials that were just
 * exchanged (401) pass; all else is a refusal, of which the API server says what would be right.
 */
export function refusal(status: number, body: string): Problem | Expired {
  const { message } = readStatus(body);
  const said = message === "" ? `HTTP ${status}` : message;
  if (status === 410) return new Expired(said);
  if (status === 401 || status === 408 || status === 429 || status >= 500) {
    return new Problem("cluster-unavailable", "try again", { cause: new Error(`HTTP ${status}: ${said}`) });
  }
  return new Problem("refused-by-cluster", said);
}

/** A failure of the network, or of the time that a request has. */
export function unreachable(cause: unknown): Problem | Expired {
  return cause instanceof Problem || cause instanceof Expired
    ? cause
    : new Problem("cluster-unavailable", "try again", { cause });
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function readStatus(body: string): z.output<typeof statusSchema> {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(body));
    if (parsed.success) return parsed.data;
  } catch {
    // A proxy's page, which says nothing that a caller could use.
  }
  return { message: "", reason: "" };
}
