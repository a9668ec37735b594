import { Problem } from "../errors/problem.ts";
import type { Platform } from "../platform.ts";
import type { Subject } from "./subject.ts";

/** Asks whoever issued a service account's token about it. */
export interface ServiceAccountVerifier {
  /**
   * The account's user name (`system:serviceaccount:NAMESPACE:NAME`), or undefined where the token is not good, is not a
   * service account's, or was made for another audience.
   * @throws Problem `identity-unavailable` where nobody answers.
   */
  verify(token: string): Promise<string | undefined>;
}

/** Looks up the token of a service account. @throws Problem where it is not good, or the account is not listed. */
export type ServiceAccounts = (token: string) => Promise<Subject>;

/**
 * Lets in the service accounts that the platform lists, each for its namespaces. A team's own are never let in: what a
 * team runs can get their tokens, and would act with more than the rights of who started it.
 */
export function listedServiceAccounts(
  verifier: ServiceAccountVerifier,
  { serviceAccounts, namespaces }: Pick<Platform, "serviceAccounts" | "namespaces">,
): ServiceAccounts {
  const subjects = new Map(
    serviceAccounts
      .filter(({ namespace }) => !Object.hasOwn(namespaces, namespace))
      .map((account) => [userName(account), account]),
  );
  return async (token) => {
    const name = await verifier.verify(token);
    if (name === undefined) {
      throw new Problem(
        "token-invalid",
        "Kubernetes does not know this token, or it was not made for this audience",
      );
    }
    const account = subjects.get(name);
    if (account === undefined)
      throw new Problem("token-invalid", "the platform does not list this service account");
    return { name, role: account.role, family: undefined, namespaces: account.namespaces };
  };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
function userName({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
