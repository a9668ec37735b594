import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { DexUser } from "./dex-config.ts";
import { DexIdentity } from "./dex-identity.ts";
import type { DnsRecord, Exposure } from "./exposure.ts";
import type { Identity } from "./identity.ts";
import { oidcIdentity, type OidcIdentityArgs } from "./oidc-identity.ts";

/** Who knows the visitors. */
export type IdentityConfig =
  | {
      readonly kind: "dex";
      readonly host: string;
      readonly exposure: Exposure;
      readonly users: readonly DexUser[];
    }
  | ({ readonly kind: "oidc" } & OidcIdentityArgs);

export interface IdentityContext {
  readonly namespace: pulumi.Input<string>;
  readonly adminGroup: string | undefined;
  /** Where a browser goes back to. */
  readonly redirectUri: string;
  readonly authority: () => PrivateCa;
}

export interface CreatedIdentity {
  readonly identity: Identity;
  /** DNS records that its own server needs. */
  readonly records: readonly DnsRecord[];
  /** Email -> password, a Pulumi secret; undefined where the stack makes none. */
  readonly users: pulumi.Output<Record<string, string>> | undefined;
}

/** The identity that the configuration asks for. */
export function createIdentity(
  config: IdentityConfig,
  context: IdentityContext,
  opts: pulumi.ComponentResourceOptions,
): CreatedIdentity {
  if (config.kind === "oidc") {
    return { identity: oidcIdentity(config, context.adminGroup), records: [], users: undefined };
  }
  const dex = new DexIdentity("dex", { ...config, ...context, ca: context.authority() }, opts);
  return { identity: dex, records: [dex.record], users: pulumi.secret(pulumi.output(dex.passwords)) };
}
