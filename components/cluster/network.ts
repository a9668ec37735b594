import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { flowLogs } from "./network-flow-logs.ts";
import { routes } from "./network-routes.ts";
import { planNetwork } from "./network-plan.ts";
import { label, subnets } from "./network-subnets.ts";
import { perZone, type PerZone, type Region } from "./regions.ts";

export interface NetworkArgs {
  /** Private IPv4 range of the VPC, /16 to /18: one that `networkProblem` finds nothing wrong with. */
  readonly cidr: string;
  readonly region: Region;
  /**
   * One NAT gateway for all zones, or one for each: then the loss of a zone takes no other zone's way out, and
   * traffic pays for no way through another zone.
   */
  readonly nat: "single" | "per-zone";
  /** Who talked to whom, kept for so many days, as CloudWatch takes them (1, 3, 5, 7, 14, 30 …). Undefined: no logs. */
  readonly flowLogs: { readonly retentionDays: number } | undefined;
  /** ARN of the policy that the flow logs' role may not go beyond. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/**
 * A VPC over three zones: large private subnets for nodes and pods, public ones for load balancers and NAT, small
 * isolated ones for EKS's own network interfaces, and S3 without NAT.
 * What goes in them, and who may talk to it, is left to others: nothing is in the default security group.
 *
 *     const network = new Network("network", { cidr: "10.0.0.0/16", region: "eu-central-1", nat: "single", flowLogs: undefined });
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly vpcCidr: string;
  readonly publicSubnetIds: PerZone<pulumi.Output<string>>;
  readonly publicCidrs: PerZone<string>;
  readonly nodeSubnetIds: PerZone<pulumi.Output<string>>;
  readonly controlPlaneSubnetIds: PerZone<pulumi.Output<string>>;
  /** Names of the nodes' zones in this account, such as `eu-central-1a`, in the order of their subnets. */
  readonly nodeZones: PerZone<pulumi.Output<string>>;
  /** Public addresses through which nodes and pods reach the internet. */
  readonly natAddresses: readonly pulumi.Output<string>[];
  /** What must be there before anything in the private subnets reaches the internet, and until it has gone. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:cluster:Network", name, {}, opts);
    const child = { parent: this };
    const { cidr, region, nat } = args;
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      // Nodes register by names that the VPC gives: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: label("vpc") } },
      child,
    );
    // AWS makes it with rules that let all its members talk to each other. It cannot be deleted, only emptied.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id }, child);
    const made = subnets(name, { vpcId: vpc.id, cidr, region }, child);
    const { natAddresses, ready } = routes(name, { vpcId: vpc.id, region, subnets: made, nat }, child);
    if (args.flowLogs !== undefined) {
      const { permissionsBoundary } = args;
      flowLogs(`${name}-flow-logs`, { ...args.flowLogs, vpc, permissionsBoundary }, child);
    }

    const ids = (of: PerZone<aws.ec2.Subnet>) => perZone(of, ({ id }): pulumi.Output<string> => id);
    this.vpcId = vpc.id;
    this.vpcCidr = cidr;
    this.publicSubnetIds = ids(made.public);
    this.publicCidrs = planNetwork(cidr).public;
    this.nodeSubnetIds = ids(made.nodes);
    this.controlPlaneSubnetIds = ids(made.controlPlane);
    this.nodeZones = perZone(made.nodes, ({ availabilityZone }) => availabilityZone);
    this.natAddresses = natAddresses;
    this.ready = ready;
    this.registerOutputs({ vpcId: this.vpcId, natAddresses: this.natAddresses });
  }
}
