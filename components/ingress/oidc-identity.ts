import type * as pulumi from "@pulumi/pulumi";

import { externalRule } from "../storage/store-network.ts";
import type { Identity } from "./identity.ts";

export interface OidcIdentityArgs {
  /** URL of the issuer; its discovery document is below. */
  readonly issuer: string;
  readonly clientId: string;
  /** A Pulumi secret. */
  readonly clientSecret: pulumi.Output<string>;
  readonly scopes: readonly string[];
  /** The claim that lists a user's groups. */
  readonly groupsClaim: string;
  /** Counts e-mail addresses as verified where the issuer sends no `email_verified`. */
  readonly skipEmailVerified: boolean;
}

/** An issuer that somebody else runs: it makes nothing. */
export function oidcIdentity(args: OidcIdentityArgs, adminGroup: string | undefined): Identity {
  return {
    ...args,
    adminGroup,
    endpoints: undefined,
    certificateAuthority: undefined,
    network: externalRule(args.issuer),
    ready: [],
  };
}
