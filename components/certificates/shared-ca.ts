import { PrivateCa } from "./private-ca.ts";

/** The stack's one authority, for all who need one: it is made when the first of them asks, and not at all if none does. */
export function sharedCa(name: string): () => PrivateCa {
  let ca: PrivateCa | undefined;
  return () => (ca ??= new PrivateCa(name));
}
