import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { planNetwork } from "./network-plan.ts";
import { perZone, regions, type PerZone, type Region } from "./regions.ts";

/** A subnet of each kind in each zone. */
export interface Subnets {
  readonly public: PerZone<aws.ec2.Subnet>;
  readonly nodes: PerZone<aws.ec2.Subnet>;
  readonly controlPlane: PerZone<aws.ec2.Subnet>;
}

/**
 * The tags by which load balancers find their subnets.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
 */
const forLoadBalancers = {
  public: { "kubernetes.io/role/elb": "1" },
  nodes: { "kubernetes.io/role/internal-elb": "1" },
  controlPlane: {},
};

/** What people see a part of this stack's network as. */
export function label(part: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${part}`;
}

/** No subnet gives out public addresses by itself. */
export function subnets(
  name: string,
  {
    vpcId,
    cidr,
    region,
  }: { readonly vpcId: pulumi.Input<string>; readonly cidr: string; readonly region: Region },
  opts: pulumi.CustomResourceOptions,
): Subnets {
  const plan = planNetwork(cidr);
  const zones: PerZone<string> = regions[region];
  const ofKind = (kind: keyof Subnets, part: string): PerZone<aws.ec2.Subnet> =>
    perZone(zones, (zoneId, zone) => {
      const tags = { Name: label(`${part}-${zoneId}`), ...forLoadBalancers[kind] };
      return new aws.ec2.Subnet(
        `${name}-${part}-${zoneId}`,
        { vpcId, availabilityZoneId: zoneId, cidrBlock: plan[kind][zone], tags },
        opts,
      );
    });
  return {
    public: ofKind("public", "public"),
    nodes: ofKind("nodes", "nodes"),
    controlPlane: ofKind("controlPlane", "control-plane"),
  };
}
