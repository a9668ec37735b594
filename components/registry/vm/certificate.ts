import type { PrivateCa } from "../../certificates/private-ca.ts";

/** An authority that issues certificates by ACME, to whoever shows that a name is theirs. */
export interface AcmeAuthority {
  /** URL of its ACME directory. */
  readonly directory: string;
  /** Its name in CAA records. */
  readonly caaDomain: string;
}

export const letsEncrypt: AcmeAuthority = {
  directory: "https://acme-v02.api.letsencrypt.org/directory",
  caaDomain: "letsencrypt.org",
};

/** Who vouches for the registry. */
export type RegistryCertificate =
  | {
      readonly kind: "acme";
      /** Who hears of certificates that are about to end. */
      readonly email: string;
      /** One that clients trust anyway. Default: Let's Encrypt. */
      readonly authority?: AcmeAuthority | undefined;
    }
  | { readonly kind: "private"; readonly ca: PrivateCa };
