import type * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { Network } from "../cluster/network.ts";
import { existingRegistry, type ExistingRegistryArgs } from "../registry/existing-registry.ts";
import type { PasswordNumbers } from "../registry/registry-users.ts";
import type { Registry } from "../registry/registry.ts";
import { RegistryVm } from "../registry/vm/registry-vm.ts";

/** Which registry the platform has in AWS. */
export type AwsRegistryConfig =
  | { readonly kind: "none" }
  | ({ readonly kind: "existing" } & ExistingRegistryArgs)
  | {
      readonly kind: "vm";
      readonly host: string;
      readonly allowedCidrs: readonly string[];
      readonly instanceType: string;
      readonly image?: string | undefined;
      readonly passwords: PasswordNumbers;
      readonly certificate: { readonly kind: "acme"; readonly email: string } | { readonly kind: "private" };
    };

export interface AwsRegistryContext {
  readonly network: Network;
  /** Route 53 zone of its host. */
  readonly zoneId: pulumi.Input<string>;
  readonly bucket: pulumi.Input<string>;
  readonly region: string;
  readonly authority: () => PrivateCa;
  readonly permissionsBoundary: string | undefined;
  readonly protect: boolean;
}

/** The registry that the configuration asks for. */
export function awsRegistry(
  name: string,
  config: AwsRegistryConfig,
  context: AwsRegistryContext,
  opts: pulumi.ComponentResourceOptions,
): Registry | undefined {
  if (config.kind === "none") return undefined;
  if (config.kind === "existing") return existingRegistry(config);
  const { network, authority, ...rest } = context;
  const { certificate } = config;
  return new RegistryVm(
    name,
    {
      ...config,
      ...rest,
      network: { vpcId: network.vpcId, subnetId: network.publicSubnetIds[0] },
      clusterAddresses: network.natAddresses,
      certificate: certificate.kind === "private" ? { kind: "private", ca: authority() } : certificate,
    },
    opts,
  );
}

/** PEMs of the authorities that nodes must trust to pull, beside those that everybody trusts. */
export function trustedAuthorities(
  config: AwsRegistryConfig,
  authority: () => PrivateCa,
): readonly pulumi.Input<string>[] {
  switch (config.kind) {
    case "none":
      return [];
    case "existing":
      return config.certificateAuthority === undefined ? [] : [config.certificateAuthority];
    case "vm":
      return config.certificate.kind === "private" ? [authority().certificate] : [];
  }
}
