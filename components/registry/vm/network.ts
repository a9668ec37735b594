import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the VM stands. */
export interface VmNetwork {
  readonly vpcId: pulumi.Input<string>;
  /** A public subnet: its way out is an internet gateway. */
  readonly subnetId: pulumi.Input<string>;
}

export interface Firewall {
  readonly group: aws.ec2.SecurityGroup;
  /** Without these nothing gets through. */
  readonly rules: readonly pulumi.Resource[];
}

const https = 443;
/** Debian's mirrors, whose packages are signed. */
const http = 80;

export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Ranges of IPv4 addresses that get in, such as `10.0.0.0/8`. */
  readonly allowedCidrs: readonly string[];
  /** Single addresses that get in, which need not be known yet. */
  readonly clusterAddresses?: readonly pulumi.Input<string>[] | undefined;
}

/**
 * HTTPS in from the given ranges and addresses, HTTP and HTTPS out. Names and time come from the VPC's own
 * services, which security groups let through. Neither port 80 in, since the ACME challenge is one of DNS, nor SSH,
 * since Session Manager's agent calls out.
 */
export function firewall(
  name: string,
  { vpcId, allowedCidrs, clusterAddresses = [] }: FirewallArgs,
  opts: pulumi.CustomResourceOptions,
): Firewall {
  const group = new aws.ec2.SecurityGroup(
    `${name}-firewall`,
    { vpcId, description: "The registry: HTTPS in" },
    opts,
  );
  const rule = (port: number, cidrIpv4: pulumi.Input<string>) => ({
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    cidrIpv4,
  });
  const from = (whom: string, cidr: pulumi.Input<string>) =>
    new aws.vpc.SecurityGroupIngressRule(`${name}-from-${whom}`, rule(https, cidr), opts);
  const ingress = [
    ...allowedCidrs.map((cidr) => from(cidr, cidr)),
    ...clusterAddresses.map((address, index) => from(`cluster-${index}`, pulumi.interpolate`${address}/32`)),
  ];
  const egress = [https, http].map(
    (port) => new aws.vpc.SecurityGroupEgressRule(`${name}-to-${port}`, rule(port, "0.0.0.0/0"), opts),
  );
  return { group, rules: [...ingress, ...egress] };
}
