import { mayUse, type Subject } from "./subject.ts";

/**
 * Who may do what; the whole policy is here.
 * `anyone`: without a token. `authenticated`: with any. `owner`: the one the resource belongs to, or an admin.
 */
export type Who = "anyone" | "authenticated" | "owner" | "admin";

/**
 * The place of an action. A subject that is limited to namespaces, admins included, acts in those alone.
 * `platform`: in none. An admin of some namespaces is like any user there, and makes no tokens that reach further.
 * `namespace`: in one, which the route finds.
 * `each`: in all that the subject may use; the route leaves out the others.
 */
export type Scope = "platform" | "namespace" | "each";

const policy = {
  "health:read": ["anyone", "platform"],
  "openapi:read": ["anyone", "platform"],
  // These two bring their token in the body.
  "tokens:register": ["anyone", "platform"],
  "tokens:refresh": ["anyone", "platform"],
  "whoami:read": ["authenticated", "platform"],
  "families:list": ["authenticated", "platform"],
  "families:list-all": ["admin", "platform"],
  "families:revoke": ["owner", "platform"],
  "register-tokens:create": ["admin", "platform"],
  "register-tokens:list": ["admin", "platform"],
  "register-tokens:revoke": ["admin", "platform"],
  "audit:list": ["admin", "platform"],
  // By a first visit to the pages, which no route of the API is.
  "identities:create": ["authenticated", "platform"],
  "identities:list": ["admin", "platform"],
  "identities:delete": ["admin", "platform"],
  "clusters:list": ["authenticated", "each"],
  "manifests:read": ["authenticated", "each"],
  "applications:validate": ["authenticated", "namespace"],
  "applications:list": ["authenticated", "each"],
  "applications:list-all": ["admin", "each"],
  "applications:read": ["owner", "namespace"],
  // Code belongs to no namespace: its name is its SHA-256, and it does nothing until a submission names it.
  "uploads:create": ["authenticated", "each"],
  "application-events:list": ["owner", "namespace"],
  "ui:read": ["owner", "namespace"],
  "history:read": ["admin", "platform"],
  "logs:read": ["owner", "namespace"],
  "applications:submit": ["authenticated", "namespace"],
  "applications:cancel": ["owner", "namespace"],
  "applications:delete": ["owner", "namespace"],
} as const satisfies Readonly<Record<string, readonly [Who, Scope]>>;

export type Action = keyof typeof policy;

/** The object of an action. */
export interface Resource {
  /** The name of the subject that it belongs to; undefined: it belongs to nobody. */
  readonly owner: string | undefined;
  /** Undefined: it is in none. */
  readonly namespace: string | undefined;
}

export function whoMay(action: Action): Who {
  return policy[action][0];
}

export function scopeOf(action: Action): Scope {
  return policy[action][1];
}

/** The one decision: whether `subject` (undefined: nobody) may do `action`, to `resource` if there is one. */
export function authorize(subject: Subject | undefined, action: Action, resource?: Resource): boolean {
  const [who, scope] = policy[action];
  if (who === "anyone") return true;
  if (subject === undefined) return false;
  if (scope === "namespace" && !mayUse(subject, resource?.namespace)) return false;
  const reaches = scope !== "platform" || subject.namespaces === "all";
  if (who === "authenticated" || (subject.role === "admin" && reaches)) return true;
  return who === "owner" && resource?.owner === subject.name;
}
