/** What a network declares. */
import { Network, type NetworkArgs } from "../../components/cluster/network.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";

export const types = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  table: "aws:ec2/routeTable:RouteTable",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  route: "aws:ec2/route:Route",
  internet: "aws:ec2/internetGateway:InternetGateway",
  nat: "aws:ec2/natGateway:NatGateway",
  address: "aws:ec2/eip:Eip",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  defaultGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  flowLog: "aws:ec2/flowLog:FlowLog",
};

/** Outputs: the contract's fields. */
export function networkGraph(
  wishes: Partial<NetworkArgs> = {},
  options: Pick<EvaluateOptions, "preview"> = {},
): Promise<Graph> {
  return evaluate(() => {
    const network = new Network("network", {
      cidr: "10.0.0.0/16",
      region: "eu-central-1",
      nat: "single",
      flowLogs: undefined,
      ...wishes,
    });
    const { vpcId, vpcCidr, publicSubnetIds, nodeSubnetIds, controlPlaneSubnetIds } = network;
    const { nodeZones, natAddresses, ready } = network;
    return Promise.resolve({
      vpcId,
      vpcCidr,
      publicSubnetIds,
      nodeSubnetIds,
      controlPlaneSubnetIds,
      nodeZones,
      natAddresses,
      ready: ready.map(({ urn }) => urn),
    });
  }, options);
}
