import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { isDomainPrefix } from "./cognito-domain.ts";
import type { Identity } from "./identity.ts";

export interface CognitoSettings {
  /** The log-in is at `https://PREFIX.auth.REGION.amazoncognito.com`. A region has each prefix once. */
  readonly domainPrefix: string;
  /**
   * Whether everybody sets up an authenticator app at the first log-in. Where not, an app is asked for of those alone who
   * have one set up, and Cognito's own pages offer nobody to do so.
   */
  readonly requireMfa: boolean;
  /** Whether Pulumi and AWS refuse to delete the pool: with it go its users. */
  readonly protect: boolean;
}

export interface CognitoIdentityArgs extends CognitoSettings {
  /** Groups that are let in. They are made, and so is the administrators'. */
  readonly groups: readonly string[];
  /** Members administer the platform. Default: nobody does by a group. */
  readonly adminGroup: string | undefined;
  /** Where a browser goes back to: the front door's. */
  readonly redirectUri: string;
}

// Cognito knows no `offline_access`: a token to ask again with comes with every log-in.
const scopes = ["openid", "email", "profile"];

/**
 * A Cognito user pool with its log-in page and the platform's client. It makes groups, and no users: an administrator does,
 * and says of each that the email is verified, since the front door lets in no other:
 *
 *     aws cognito-idp admin-create-user --user-pool-id POOL --username ann@example.org \
 *       --user-attributes Name=email,Value=ann@example.org Name=email_verified,Value=true
 *     aws cognito-idp admin-add-user-to-group --user-pool-id POOL --username ann@example.org --group-name data
 *
 * Who leaves a group, or is disabled, is out within half an hour. Cognito remembers a log-in for an hour: who signs out at
 * the front door (`/oauth2/sign_out`) comes back without a password until then, unless they also open Cognito's `/logout`
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html).
 *
 *     new CognitoIdentity("cognito", { domainPrefix, requireMfa: true, protect, groups, adminGroup, redirectUri });
 */
export class CognitoIdentity extends pulumi.ComponentResource implements Identity {
  readonly issuer: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  readonly clientSecret: pulumi.Output<string>;
  readonly scopes = scopes;
  readonly groupsClaim = "cognito:groups";
  readonly adminGroup: string | undefined;
  // Cognito says of each user whether the address is verified.
  readonly skipEmailVerified = false;
  readonly endpoints = undefined;
  readonly certificateAuthority = undefined;
  /** Its endpoints are in the internet, at two names. */
  readonly network: Identity["network"] = { ports: [{ protocol: "TCP", port: 443 }] };
  readonly ready: readonly pulumi.Resource[];
  /** Id of the pool in which users are made. */
  readonly userPool: pulumi.Output<string>;

  constructor(name: string, args: CognitoIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:CognitoIdentity", name, {}, opts);
    const groups = [
      ...new Set([...args.groups, ...(args.adminGroup === undefined ? [] : [args.adminGroup])]),
    ];
    const problems = cognitoProblems(args.domainPrefix, groups);
    if (problems.length > 0) throw new pulumi.ResourceError(problems.join("; "), this);
    const child = { parent: this };
    const pool = userPool(name, args, child);
    const domain = new aws.cognito.UserPoolDomain(
      `${name}-domain`,
      // Version 1, the plain pages: the newer ones are not part of the pool's plan.
      { userPoolId: pool.id, domain: args.domainPrefix, managedLoginVersion: 1 },
      child,
    );
    const client = poolClient(name, pool, args.redirectUri, child);
    const made = groups.map(
      (group) =>
        new aws.cognito.UserGroup(`${name}-group-${group}`, { userPoolId: pool.id, name: group }, child),
    );
    this.issuer = pulumi.interpolate`https://${pool.endpoint}`;
    this.clientId = client.id;
    this.clientSecret = pulumi.secret(client.clientSecret);
    this.adminGroup = args.adminGroup;
    this.ready = [domain, client, ...made];
    this.userPool = pool.id;
    this.registerOutputs({ issuer: this.issuer, userPool: this.userPool });
  }
}

/** Whether Cognito takes it: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html */
export function isGroupName(group: string): boolean {
  return /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(group);
}

/** What Cognito would refuse, each saying what would be right. */
export function cognitoProblems(domainPrefix: string, groups: readonly string[]): readonly string[] {
  const prefix = isDomainPrefix(domainPrefix)
    ? []
    : [
        `[domainPrefix] must be lower-case letters, digits and hyphens, 63 at the most, without aws, amazon and cognito: not "${domainPrefix}"`,
      ];
  const wrong = groups.filter((group) => !isGroupName(group));
  return [
    ...prefix,
    ...wrong.map(
      (group) => `[groups] must have names without spaces, of 128 letters at the most: not "${group}"`,
    ),
  ];
}

/** Users log in with their email, and nobody becomes a user alone. */
function userPool(
  name: string,
  { requireMfa, protect }: CognitoSettings,
  opts: pulumi.CustomResourceOptions,
): aws.cognito.UserPool {
  return new aws.cognito.UserPool(
    `${name}-pool`,
    {
      // The cheapest plan has all that is used here; threat protection costs several times as much.
      userPoolTier: "LITE",
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      // A new email counts when its owner has answered.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      // Length is what counts.
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: false,
        temporaryPasswordValidityDays: 7,
      },
      mfaConfiguration: requireMfa ? "ON" : "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      deletionProtection: protect ? "ACTIVE" : "INACTIVE",
    },
    { ...opts, protect },
  );
}

/** The platform's client: the code flow with a secret, and no other way to a token. */
function poolClient(
  name: string,
  pool: aws.cognito.UserPool,
  redirectUri: string,
  opts: pulumi.CustomResourceOptions,
): aws.cognito.UserPoolClient {
  return new aws.cognito.UserPoolClient(
    `${name}-client`,
    {
      userPoolId: pool.id,
      generateSecret: true,
      supportedIdentityProviders: ["COGNITO"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: scopes,
      callbackUrls: [redirectUri],
      logoutUrls: [new URL("/", redirectUri).href],
      // Without a list, logging in by the API would be allowed too.
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      accessTokenValidity: 1,
      idTokenValidity: 1,
      // A day's work: after that the password is asked for again.
      refreshTokenValidity: 12,
      tokenValidityUnits: { accessToken: "hours", idToken: "hours", refreshToken: "hours" },
    },
    opts,
  );
}
