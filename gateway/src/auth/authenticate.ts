import { Problem } from "../errors/problem.ts";
import type { ServiceAccounts } from "./service-accounts.ts";
import type { Subject } from "./subject.ts";

/** Looks up an access token of ours. @throws Problem where it is not good. */
export type AccessVerifier = (token: string) => Promise<Subject>;

export interface Authenticators {
  readonly access: AccessVerifier;
  /** Undefined: tokens of service accounts are not accepted. */
  readonly serviceAccounts: ServiceAccounts | undefined;
}

/**
 * Who the `Authorization` header says is calling; undefined where there is no such header.
 * @throws Problem `token-invalid` and its like where there is one that is not good.
 */
export async function authenticate(
  header: string | undefined,
  { access, serviceAccounts }: Authenticators,
): Promise<Subject | undefined> {
  if (header === undefined) return undefined;
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined)
    throw new Problem("token-invalid", "send the header Authorization: Bearer ACCESS-TOKEN");
  if (!looksLikeJwt(token) || serviceAccounts === undefined) return access(token);
  return serviceAccounts(token);
}

/** https://www.rfc-editor.org/rfc/rfc7519: three parts between dots. Our own tokens have no dot. */
function looksLikeJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
