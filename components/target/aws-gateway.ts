import type * as pulumi from "@pulumi/pulumi";

import type { GatewayConfig } from "../gateway/gateway.ts";
import type { AlbExposure } from "../ingress/alb-route.ts";

/** What a stack in AWS says of its gateway. */
export interface AwsGatewayConfig extends Pick<
  GatewayConfig,
  "limits" | "registerToken" | "serviceAccounts"
> {
  /** DNS name of the stack's zone that clients know the API by. */
  readonly host: string;
  /** Embedded: on a disk of EBS. */
  readonly database:
    | { readonly kind: "embedded"; readonly size: string }
    | Extract<GatewayConfig["database"], { kind: "postgres" }>;
}

/** The gateway at the pages' load balancer. */
export function awsGateway(
  { database, host, limits, registerToken, serviceAccounts }: AwsGatewayConfig,
  { exposure, storageClass }: { readonly exposure: AlbExposure; readonly storageClass: pulumi.Input<string> },
): GatewayConfig {
  return {
    host,
    limits,
    registerToken,
    serviceAccounts,
    exposure,
    certificate: undefined,
    database:
      database.kind === "postgres"
        ? database
        : { kind: "embedded", volume: { kind: "claim", size: database.size, storageClass } },
  };
}
