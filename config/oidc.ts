import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

import type { OidcIdentityArgs } from "../components/ingress/oidc-identity.ts";
import type { oidc } from "../stacks/schema/visitors.ts";

/** An issuer that exists, with the client's secret as such. */
export function oidcConfig({
  insecureSkipEmailVerified,
  ...identity
}: z.output<typeof oidc>): { readonly kind: "oidc" } & OidcIdentityArgs {
  return {
    ...identity,
    clientSecret: pulumi.secret(identity.clientSecret),
    skipEmailVerified: insecureSkipEmailVerified,
  };
}
