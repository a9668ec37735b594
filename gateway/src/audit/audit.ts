import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";

import type { Action } from "../auth/authorize.ts";
import type { Subject } from "../auth/subject.ts";
import type { ProblemCode } from "../errors/codes.ts";
import type { Tables } from "../store/tables.ts";

/** A call of the API, as far as the audit log needs it. */
export interface Call {
  readonly requestId: string;
  /** The client's address, or that of a proxy before it which is not trusted. */
  readonly address: string;
  readonly subject: Subject | undefined;
}

/** What became of a call. */
export interface AuditEvent {
  readonly action: Action;
  readonly outcome: "allowed" | "refused";
  readonly code?: ProblemCode;
  readonly target?: string;
  readonly detail?: string;
  /** Who it turned out to be, where the call's own token said so and not its header. */
  readonly actor?: string;
}

export function callOf(request: FastifyRequest): Call {
  return { requestId: request.id, address: request.ip, subject: request.subject };
}

/**
 * Writes an event. Given a transaction, the event and what it tells of happen together or not at all; no token may be
 * in it.
 */
export async function record(db: Kysely<Tables>, at: number, call: Call, event: AuditEvent): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      at,
      request_id: call.requestId,
      address: call.address,
      actor: call.subject?.name ?? event.actor ?? null,
      actor_family: call.subject?.family ?? null,
      action: event.action,
      outcome: event.outcome,
      code: event.code ?? null,
      target: event.target ?? null,
      detail: event.detail ?? null,
    })
    .execute();
}
