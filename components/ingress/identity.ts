import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Who says who a visitor is: an OpenID Connect issuer and the platform's client there. */
export interface Identity {
  /** The issuer's URL, as it stands in its tokens. */
  readonly issuer: pulumi.Input<string>;
  readonly clientId: pulumi.Input<string>;
  /** A Pulumi secret. */
  readonly clientSecret: pulumi.Output<string>;
  /** What is asked for at the log-in. `openid` and `email` must be among them. */
  readonly scopes: readonly string[];
  /** The claim that lists a user's groups. */
  readonly groupsClaim: string;
  /** Members administer the platform. Undefined: nobody does by a group. */
  readonly adminGroup: string | undefined;
  /** Counts e-mail addresses as verified where the issuer sends no `email_verified`. Its `false` always holds. */
  readonly skipEmailVerified: boolean;
  /** Where the issuer is. Undefined: where its discovery document says. */
  readonly endpoints: IdentityEndpoints | undefined;
  /** PEM of the authority of the issuer's certificate; undefined where everybody trusts it. */
  readonly certificateAuthority: pulumi.Output<string> | undefined;
  /** How a network policy lets the front door reach the issuer. */
  readonly network: k8s.types.input.networking.v1.NetworkPolicyEgressRule;
  /** What must be up before the first log-in. */
  readonly ready: readonly pulumi.Resource[];
}

/** Endpoints of an issuer whose own name does not resolve in the cluster. */
export interface IdentityEndpoints {
  /** Where a browser logs in. */
  readonly login: string;
  /** Where the front door gets tokens. */
  readonly token: string;
  /** Where the keys are that tokens are signed with. */
  readonly keys: string;
}

/** Path at which a browser comes back from the log-in. */
export const callbackPath = "/oauth2/callback";
