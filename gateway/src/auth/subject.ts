import type { Role } from "../store/tables.ts";

/** The namespaces of the platform that a subject may act in. */
export type Namespaces = "all" | readonly string[];

/** A caller: a client with a token of this platform, a listed service account, or a person who visits the pages. */
export interface Subject {
  /** A client's name, or one that no client can have: `system:serviceaccount:NAMESPACE:NAME`, `ISSUER#SUBJECT`. */
  readonly name: string;
  readonly role: Role;
  /** The family of the client's tokens; undefined for all others. */
  readonly family: string | undefined;
  readonly namespaces: Namespaces;
}

/** Tells if a subject may act in a namespace at all. Undefined: the namespace is not known. */
export function mayUse({ namespaces }: Pick<Subject, "namespaces">, namespace: string | undefined): boolean {
  return namespaces === "all" || (namespace !== undefined && namespaces.includes(namespace));
}
