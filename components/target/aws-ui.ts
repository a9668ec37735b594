import type * as pulumi from "@pulumi/pulumi";

import type { HistorySizing } from "../history/history-conf.ts";
import { AlbClass, type AlbClassArgs } from "../ingress/alb-class.ts";
import type { AlbExposure } from "../ingress/alb-route.ts";
import { domainPrefix } from "../ingress/cognito-domain.ts";
import type { OidcIdentityArgs } from "../ingress/oidc-identity.ts";
import type { Allowed } from "../ingress/proxy-config.ts";
import type { UiConfig } from "../ingress/user-interface.ts";

/** What a stack in AWS says of its pages. */
export interface AwsUiConfig extends Pick<AlbClassArgs, "scheme" | "allowedCidrs"> {
  /** DNS name of the stack's zone that browsers know the platform by. */
  readonly host: string;
  /** Default of the prefix: one that is made of the host. */
  readonly identity:
    | { readonly kind: "cognito"; readonly domainPrefix?: string | undefined; readonly requireMfa: boolean }
    | ({ readonly kind: "oidc" } & OidcIdentityArgs);
  /** DNS name of the zone below which each application's pages have a name of their own. */
  readonly pagesHost: string;
  readonly allowed: Allowed;
  readonly adminGroup?: string | undefined;
  readonly history: HistorySizing;
}

/** The pages, and the load balancer that others may use as well. */
export interface AwsUi {
  readonly ui: UiConfig;
  readonly exposure: AlbExposure;
}

export interface AwsUiContext {
  /** Hosts of other servers at the load balancer. */
  readonly otherHosts: readonly string[];
  readonly publicCidrs: AlbClassArgs["publicCidrs"];
  /** Route 53 zone of the host. */
  readonly zoneId: pulumi.Input<string>;
  readonly protect: boolean;
}

/** The pages at a load balancer of their own, with a certificate of ACM and a record in the stack's zone. */
export function awsUi(
  { host, pagesHost, identity, allowed, adminGroup, history, ...alb }: AwsUiConfig,
  { otherHosts, publicCidrs, zoneId, protect }: AwsUiContext,
  opts: pulumi.ComponentResourceOptions,
): AwsUi {
  const { exposure } = new AlbClass(
    "alb",
    { ...alb, publicCidrs, hosts: [host, `*.${pagesHost}`, ...otherHosts], zoneId },
    opts,
  );
  const ui: UiConfig = {
    host,
    pagesHost,
    exposure,
    certificate: undefined,
    identity:
      identity.kind === "oidc"
        ? identity
        : { ...identity, domainPrefix: identity.domainPrefix ?? domainPrefix(host), protect },
    allowed,
    adminGroup,
    history,
  };
  return { ui, exposure };
}
