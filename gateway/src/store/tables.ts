import type { Generated } from "kysely";

import type {
  ApplicationEventRow,
  ApplicationRow,
  ApplicationStateRow,
  LeaseRow,
  LockRow,
  SparkRunRow,
} from "./application-tables.ts";

/**
 * The tables, as the migrations leave them. Times are milliseconds since 1970; hashes are SHA-256 in hexadecimal; no
 * column ever holds a token.
 */
export interface Tables {
  readonly register_tokens: RegisterTokenRow;
  readonly families: FamilyRow;
  readonly refresh_tokens: RefreshTokenRow;
  readonly access_tokens: AccessTokenRow;
  readonly audit: AuditRow;
  readonly identities: IdentityRow;
  readonly applications: ApplicationRow;
  readonly application_states: ApplicationStateRow;
  readonly application_events: ApplicationEventRow;
  readonly spark_runs: SparkRunRow;
  readonly leases: LeaseRow;
  readonly locks: LockRow;
}

export interface RegisterTokenRow {
  readonly id: string;
  readonly hash: string;
  readonly client_name: string;
  readonly role: Role;
  /** The namespaces that its tokens are limited to, a JSON list of names; null: no limit. */
  readonly namespaces: string | null;
  readonly access_seconds: number;
  readonly refresh_seconds: number;
  readonly created_at: number;
  /** The admin's name, or `bootstrap`. */
  readonly created_by: string;
  /** The family whose token made it; null for the stack's own and for a service account's. */
  readonly created_by_family: string | null;
  /** Null: good until it is used (the stack's own token). */
  readonly expires_at: number | null;
  readonly used_at: number | null;
  /** What the first pair was derived with (token.ts); null before its use and once no retry can need it. */
  readonly nonce: string | null;
  readonly revoked_at: number | null;
}

/** All tokens that descend from one register token: they are revoked as one. */
export interface FamilyRow {
  readonly id: string;
  readonly register_token_id: string;
  readonly client_name: string;
  readonly role: Role;
  /** The namespaces that its tokens are limited to, a JSON list of names; null: no limit. */
  readonly namespaces: string | null;
  readonly access_seconds: number;
  readonly refresh_seconds: number;
  readonly created_at: number;
  /** When it was last refreshed. */
  readonly refreshed_at: number;
  /** When its newest refresh token expires, and the family with it. */
  readonly expires_at: number;
  readonly revoked_at: number | null;
  readonly revoked_because: RevokedBecause | null;
}

export interface RefreshTokenRow {
  readonly hash: string;
  readonly family_id: string;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  /** What its successors were derived with (token.ts); null before its use and once no retry can need it. */
  readonly nonce: string | null;
}

export interface AccessTokenRow {
  readonly hash: string;
  readonly family_id: string;
  readonly issued_at: number;
  readonly expires_at: number;
}

/** A person who logs in to the pages, and the client of the API that they are. */
export interface IdentityRow {
  /** URL of the OpenID Connect issuer. */
  readonly issuer: string;
  /** The issuer's id of the person (`sub`). */
  readonly subject: string;
  readonly client_name: string;
  readonly linked_at: number;
}

export interface AuditRow {
  /** Grows with every row: the order of the log, whatever the clock did. */
  readonly id: Generated<number>;
  readonly at: number;
  readonly request_id: string;
  readonly address: string;
  /** Who called; null where that was not established. */
  readonly actor: string | null;
  readonly actor_family: string | null;
  readonly action: string;
  readonly outcome: "allowed" | "refused";
  /** The problem's code, where refused. */
  readonly code: string | null;
  /** What it was done to: the id of a family or a register token, or the name of a client whose identity it was. */
  readonly target: string | null;
  readonly detail: string | null;
}

export type Role = "admin" | "user";

/** `request`: somebody asked; `cascade`: what it descends from was revoked; `reuse`: an old refresh token came back. */
export type RevokedBecause = "request" | "cascade" | "reuse";
