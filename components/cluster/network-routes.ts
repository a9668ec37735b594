import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { label, type Subnets } from "./network-subnets.ts";
import { perZone, type Region } from "./regions.ts";

const anywhere = "0.0.0.0/0";

export interface RoutesArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly region: Region;
  readonly subnets: Subnets;
  readonly nat: "single" | "per-zone";
}

export interface Routes {
  /** Public addresses through which nodes and pods reach the internet. */
  readonly natAddresses: readonly pulumi.Output<string>[];
  /** Without these, nothing gets out of its subnet. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The ways out: the public subnets' through the internet gateway, the nodes' through NAT, and S3 by a gateway of its
 * own, which costs nothing by the byte. The control plane's subnets have none: only its network interfaces are there,
 * and it reaches the internet from AWS's side.
 */
export function routes(name: string, args: RoutesArgs, opts: pulumi.CustomResourceOptions): Routes {
  const { vpcId, subnets } = args;
  const table = (part: string): aws.ec2.RouteTable =>
    new aws.ec2.RouteTable(`${name}-${part}`, { vpcId, tags: { Name: label(part) } }, opts);
  const out = (part: string, { id }: aws.ec2.RouteTable, gateway: Gateway): aws.ec2.Route => {
    const route = { routeTableId: id, destinationCidrBlock: anywhere, ...gateway };
    return new aws.ec2.Route(`${name}-${part}`, route, opts);
  };
  const assign = (part: string, { id }: aws.ec2.RouteTable, subnet: aws.ec2.Subnet) => {
    const ids = { routeTableId: id, subnetId: subnet.id };
    return new aws.ec2.RouteTableAssociation(`${name}-${part}`, ids, opts);
  };

  const publicTable = table("public");
  const internet = out("public", publicTable, { gatewayId: internetGateway(name, vpcId, opts).id });
  const isolatedTable = table("control-plane");
  const nats = natGateways(name, args, { ...opts, dependsOn: [internet] });
  // A table for each zone also where one gateway serves all: then more gateways change routes and nothing else.
  const nodes = perZone(subnets.nodes, (subnet, zone) => {
    const part = `nodes-${zone + 1}`;
    const own = table(part);
    const natGatewayId = (nats[zone] ?? nats[0]).gateway.id;
    return { table: own, ready: [out(part, own, { natGatewayId }), assign(part, own, subnet)] };
  });
  return {
    natAddresses: nats.map(({ address }) => address.publicIp),
    ready: [
      internet,
      ...subnets.public.map((subnet, zone) => assign(`public-${zone + 1}`, publicTable, subnet)),
      ...subnets.controlPlane.map((subnet, zone) =>
        assign(`control-plane-${zone + 1}`, isolatedTable, subnet),
      ),
      ...nodes.flatMap(({ ready }) => ready),
      s3Endpoint(name, args, [isolatedTable, ...nodes.map((each) => each.table)], opts),
    ],
  };
}

type Gateway = { readonly gatewayId: pulumi.Input<string> } | { readonly natGatewayId: pulumi.Input<string> };

function internetGateway(
  name: string,
  vpcId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.InternetGateway {
  const tags = { Name: label("internet") };
  return new aws.ec2.InternetGateway(`${name}-internet`, { vpcId, tags }, opts);
}

interface Nat {
  readonly address: aws.ec2.Eip;
  readonly gateway: aws.ec2.NatGateway;
}

/** One for all in the first zone, where executors run, or one in each zone. */
function natGateways(
  name: string,
  { nat, subnets }: RoutesArgs,
  opts: pulumi.CustomResourceOptions,
): readonly [Nat, ...Nat[]] {
  const gateway = (subnet: aws.ec2.Subnet, zone: number): Nat => {
    const tags = { Name: label(`nat-${zone + 1}`) };
    const address = new aws.ec2.Eip(`${name}-nat-${zone + 1}`, { domain: "vpc", tags }, opts);
    const placed = { subnetId: subnet.id, allocationId: address.id, tags };
    return { address, gateway: new aws.ec2.NatGateway(`${name}-nat-${zone + 1}`, placed, opts) };
  };
  return nat === "single" ? [gateway(subnets.public[0], 0)] : perZone(subnets.public, gateway);
}

/** Without a policy of its own: jobs read buckets that nobody here knows, and each bucket says who may. */
function s3Endpoint(
  name: string,
  { vpcId, region }: RoutesArgs,
  tables: readonly aws.ec2.RouteTable[],
  opts: pulumi.CustomResourceOptions,
): aws.ec2.VpcEndpoint {
  return new aws.ec2.VpcEndpoint(
    `${name}-s3`,
    {
      vpcId,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: tables.map(({ id }) => id),
      tags: { Name: label("s3") },
    },
    opts,
  );
}
