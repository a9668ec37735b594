import { describeValue } from "../../jobs/manifest/text.ts";
import { contains, formatBlock, overlap, parseBlock, part, type Block } from "./ipv4.ts";
import type { PerZone } from "./regions.ts";

/** Where the cluster's services have their addresses; nothing in the VPC may have one of them. */
export const serviceCidr = "172.20.0.0/16";

/** DNS has its tenth address (awslabs/amazon-eks-ami, nodeadm: ClusterDetails.GetClusterDns). */
export const dnsAddress = "172.20.0.10";

/** The ranges of a VPC's subnets, one a zone. */
export interface NetworkPlan {
  /** Three quarters of the VPC: every pod has an address of its own there. */
  readonly nodes: PerZone<string>;
  /** A sixteenth of the VPC each, for load balancers, NAT gateways and the registry's VM. */
  readonly public: PerZone<string>;
  /** 16 addresses each, as EKS recommends for its own network interfaces, which never compete with pods there. */
  readonly controlPlane: PerZone<string>;
}

/** The largest VPC there is: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const largestPrefix = 16;
/** In a smaller one a zone would have fewer than 4,096 addresses for nodes and pods. */
const smallestPrefix = 18;
/** Addresses that no one on the internet has: RFC 1918 and RFC 6598. */
const privateCidrs = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const expected = `a private IPv4 range of /16, /17 or /18 outside of ${serviceCidr}, for example "10.0.0.0/16"`;

/**
 * Divides a VPC among its subnets.
 * @param cidr one that `networkProblem` finds nothing wrong with, such as `10.0.0.0/16`
 * @throws where there is something wrong with it.
 */
export function planNetwork(cidr: string): NetworkPlan {
  const vpc = parseBlock(cidr);
  const wrong = problemOf(cidr);
  if (vpc === undefined || wrong !== undefined) throw new Error(`${describeValue(cidr)} ${wrong ?? ""}`);
  const quarter = (index: number): Block => part(vpc, vpc.prefix + 2, index);
  const sixteenth = (index: number): Block => part(quarter(3), vpc.prefix + 4, index);
  const small = (index: number): Block => part(sixteenth(3), 28, index);
  return { nodes: three(quarter), public: three(sixteenth), controlPlane: three(small) };
}

function three(block: (index: number) => Block): PerZone<string> {
  return [formatBlock(block(0)), formatBlock(block(1)), formatBlock(block(2))];
}

/** What is wrong with a range for a VPC, as a phrase that follows it, and what would be right. Undefined: nothing. */
export function networkProblem(
  cidr: string,
): { readonly problem: string; readonly expected: string } | undefined {
  const problem = problemOf(cidr);
  return problem === undefined ? undefined : { problem, expected };
}

function problemOf(cidr: string): string | undefined {
  const vpc = parseBlock(cidr);
  if (vpc === undefined) return "is not a range of IPv4 addresses that begins on its boundary";
  if (vpc.prefix < largestPrefix) return "is larger than AWS allows a VPC to be";
  if (vpc.prefix > smallestPrefix) return "has too few addresses: every pod takes one";
  if (!blocks(privateCidrs).some((block) => contains(block, vpc))) return "is not a private range";
  const services = blocks([serviceCidr]).some((block) => overlap(block, vpc));
  return services ? `overlaps ${serviceCidr}, where the cluster's services have their addresses` : undefined;
}

function blocks(cidrs: readonly string[]): readonly Block[] {
  return cidrs.map(parseBlock).filter((block) => block !== undefined);
}
