import type { Subject } from "./subject.ts";

/**
 * Who may do what; the whole policy is here.
 * `anyone`: without a token. `authenticated`: with any. `owner`: the one the resource belongs to, or an admin.
 */
export type Who = "anyone" | "authenticated" | "owner" | "admin";

const policy = {
  "health:read": "anyone",
  "openapi:read": "anyone",
  // These two bring their token in the body.
  "tokens:register": "anyone",
  "tokens:refresh": "anyone",
  "whoami:read": "authenticated",
  "families:list": "authenticated",
  "families:list-all": "admin",
  "families:revoke": "owner",
  "register-tokens:create": "admin",
  "register-tokens:list": "admin",
  "register-tokens:revoke": "admin",
  "audit:list": "admin",
  // By a first visit to the pages, which no route of the API is.
  "identities:create": "authenticated",
  "identities:list": "admin",
  "identities:delete": "admin",
  "clusters:list": "authenticated",
  "manifests:read": "authenticated",
  "applications:validate": "authenticated",
  "applications:list": "authenticated",
  "applications:list-all": "admin",
  "applications:read": "owner",
  "uploads:create": "authenticated",
  "application-events:list": "owner",
  "ui:read": "owner",
  "logs:read": "owner",
  "applications:submit": "authenticated",
  "applications:cancel": "owner",
  "applications:delete": "owner",
} as const satisfies Readonly<Record<string, Who>>;

export type Action = keyof typeof policy;

/** Something that belongs to somebody. */
export interface Resource {
  /** The name of the subject that it belongs to. */
  readonly owner: string;
}

export function whoMay(action: Action): Who {
  return policy[action];
}

/** The one decision: whether `subject` (undefined: nobody) may do `action`, to `resource` if there is one. */
export function authorize(subject: Subject | undefined, action: Action, resource?: Resource): boolean {
  const who = whoMay(action);
  if (who === "anyone") return true;
  if (subject === undefined) return false;
  if (subject.role === "admin" || who === "authenticated") return true;
  return who === "owner" && resource?.owner === subject.name;
}
