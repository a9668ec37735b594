import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { registryUsers, type PasswordNumbers } from "../registry-users.ts";
import type { Registry, RegistryUser } from "../registry.ts";
import { distributionConfig, nginxConfig } from "../server-config.ts";
import { letsEncrypt, type RegistryCertificate } from "./certificate.ts";
import { vmInstance } from "./instance.ts";
import { vmNames } from "./names.ts";
import { firewall, type VmNetwork } from "./network.ts";
import { registryParameterPath, vmParameters } from "./parameters.ts";
import { vmRole } from "./role.ts";
import { renderUserData, type UserDataValues } from "./user-data.ts";

export interface RegistryVmArgs {
  /** Full DNS name in lower case, such as `registry.dev.example.org`. */
  readonly host: string;
  /** Route 53 zone of the host. */
  readonly zoneId: pulumi.Input<string>;
  readonly network: VmNetwork;
  /** Who reaches the registry: ranges of IPv4 addresses as the internet sees them, such as `203.0.113.7/32`. */
  readonly allowedCidrs: readonly string[];
  /** Public addresses that the cluster's nodes come from, such as `203.0.113.7`. Default: they are in `allowedCidrs`. */
  readonly clusterAddresses?: readonly pulumi.Input<string>[] | undefined;
  /** Name of the bucket that holds the images. */
  readonly bucket: pulumi.Input<string>;
  /** Region of the VM and of the bucket. */
  readonly region: string;
  /** Default: `t4g.small`. */
  readonly instanceType?: string | undefined;
  /** Id of Debian 13's image in the region. Default: the newest one, which is looked for when the VM is made. */
  readonly image?: string | undefined;
  /** A number raised by one is a new password, while the old one goes on for a while. */
  readonly passwords: PasswordNumbers;
  readonly certificate: RegistryCertificate;
  /** ARN of the policy that the VM's role may not go beyond. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** Whether Pulumi refuses to delete what cannot be had again: the address, and the names that lead to it. */
  readonly protect: boolean;
}

/**
 * A private registry on a VM of its own, with its DNS name and certificate. Images are in the bucket and secrets in the
 * parameter store, so the VM holds nothing: delete it, and the next `up` makes it anew with the same name and address.
 * A new VM answers a few minutes after it is up, since it installs its packages first.
 *
 *     const certificate = { kind: "acme", email: "ops@example.org" } as const;
 *     new RegistryVm("registry", { host, zoneId, network, allowedCidrs, bucket, region, passwords, certificate, protect });
 */
export class RegistryVm extends pulumi.ComponentResource implements Registry {
  readonly host: string;
  readonly certificateAuthority: pulumi.Output<string> | undefined;
  readonly pull: RegistryUser;
  readonly push: RegistryUser;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: RegistryVmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:registry:RegistryVm", name, {}, opts);
    const child = { parent: this };
    const { host, zoneId, certificate, network, bucket } = args;
    const acme = certificate.kind === "acme" ? (certificate.authority ?? letsEncrypt) : undefined;
    const names = vmNames(
      name,
      { host, zoneId, caaDomain: acme?.caaDomain },
      { ...child, protect: args.protect },
    );

    const { push, pull, htpasswd } = registryUsers(name, args.passwords, child);
    const tls =
      certificate.kind === "private"
        ? { ...certificate.ca.issue(name, host, child), authority: certificate.ca.certificate }
        : undefined;
    const parameters = vmParameters(name, registryParameterPath(), { htpasswd, tls }, child);

    const challenge = acme && { zoneId, host };
    const { profile, policy } = vmRole(
      name,
      {
        bucket,
        parameterPathArn: parameters.pathArn,
        challenge,
        permissionsBoundary: args.permissionsBoundary,
      },
      child,
    );
    const { group, rules } = firewall(name, { ...args, vpcId: network.vpcId }, child);
    const instance = vmInstance(
      `${name}-vm`,
      {
        label: host,
        instanceType: args.instanceType ?? "t4g.small",
        image: args.image,
        subnetId: network.subnetId,
        securityGroupId: group.id,
        instanceProfile: profile.name,
        userData: userData(args),
      },
      // What its first boot uses.
      { ...child, dependsOn: [policy, ...parameters.all, ...rules, names.records.caa] },
    );
    const association = new aws.ec2.EipAssociation(
      `${name}-address`,
      { allocationId: names.address.id, instanceId: instance.id },
      child,
    );

    this.host = host;
    this.certificateAuthority = tls?.authority;
    this.pull = pull;
    this.push = push;
    this.ready = [instance, association, names.records.a, names.records.caa];
    this.registerOutputs({ host, address: names.address.publicIp });
  }
}

/** The script that makes a Debian VM the registry. What changes without a new VM, the VM reads from its parameters. */
function userData({ host, region, bucket, certificate }: RegistryVmArgs): pulumi.Output<string> {
  const files = {
    port: 443,
    certificate: "/etc/registry/tls/tls.crt",
    key: "/etc/registry/tls/tls.key",
    htpasswd: "/etc/registry/htpasswd",
  };
  return pulumi.output(bucket).apply((bucketName) =>
    renderUserData({
      host,
      region,
      parameterPath: registryParameterPath(),
      distributionConfig: distributionConfig(host, {
        bucket: bucketName,
        region,
        pathStyle: false,
        redirect: true,
      }),
      nginxConfig: nginxConfig(files),
      certificate: certificateValues(certificate),
    }),
  );
}

function certificateValues(certificate: RegistryCertificate): UserDataValues["certificate"] {
  if (certificate.kind === "private") return { kind: "private" };
  const { email, authority = letsEncrypt } = certificate;
  return { kind: "acme", email, directory: authority.directory };
}
