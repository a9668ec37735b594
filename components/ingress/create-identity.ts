import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import { CognitoIdentity, type CognitoSettings } from "./cognito-identity.ts";
import type { DexUser } from "./dex-config.ts";
import { DexIdentity } from "./dex-identity.ts";
import type { ClusterExposure, DnsRecord } from "./exposure.ts";
import type { Identity } from "./identity.ts";
import { oidcIdentity, type OidcIdentityArgs } from "./oidc-identity.ts";

/** Who knows the visitors. */
export type IdentityConfig =
  | {
      readonly kind: "dex";
      readonly host: string;
      readonly exposure: ClusterExposure;
      readonly users: readonly DexUser[];
    }
  | ({ readonly kind: "oidc" } & OidcIdentityArgs)
  | ({ readonly kind: "cognito" } & CognitoSettings);

export interface IdentityContext {
  readonly namespace: pulumi.Input<string>;
  /** Groups that are let in. */
  readonly groups: readonly string[];
  readonly adminGroup: string | undefined;
  /** Where a browser goes back to. */
  readonly redirectUri: string;
  readonly authority: () => PrivateCa;
}

export interface CreatedIdentity {
  readonly identity: Identity;
  /** DNS records that its own server needs, and that others must make. */
  readonly records: readonly DnsRecord[];
  /** Email -> password, a Pulumi secret; undefined where the stack makes none. */
  readonly users: pulumi.Output<Record<string, string>> | undefined;
  /** Id of the Cognito user pool in which users are made; undefined where there is none. */
  readonly userPool: pulumi.Output<string> | undefined;
}

/** The identity that the configuration asks for. */
export function createIdentity(
  config: IdentityConfig,
  context: IdentityContext,
  opts: pulumi.ComponentResourceOptions,
): CreatedIdentity {
  const nothing = { records: [], users: undefined, userPool: undefined };
  switch (config.kind) {
    case "oidc":
      return { ...nothing, identity: oidcIdentity(config, context.adminGroup) };
    case "cognito": {
      const cognito = new CognitoIdentity("cognito", { ...config, ...context }, opts);
      return { ...nothing, identity: cognito, userPool: cognito.userPool };
    }
    case "dex": {
      const dex = new DexIdentity("dex", { ...config, ...context, ca: context.authority() }, opts);
      const users = pulumi.secret(pulumi.output(dex.passwords));
      return { ...nothing, identity: dex, records: dex.records, users };
    }
  }
}
