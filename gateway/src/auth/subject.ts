import type { Role } from "../store/tables.ts";

/** Who calls: a client with a token of this platform, or a service account that Kubernetes vouches for. */
export interface Subject {
  /** A client's name, or `system:serviceaccount:NAMESPACE:NAME`, which no client can be called. */
  readonly name: string;
  readonly role: Role;
  /** The family of the client's tokens; undefined for a service account. */
  readonly family: string | undefined;
}
