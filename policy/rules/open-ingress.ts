import type { Violation } from "../../jobs/manifest/violations.ts";
import { describeValue } from "../../jobs/manifest/text.ts";
import { isWorld } from "../address-ranges.ts";
import type { DeclaredResource, ResourceRule } from "../rule.ts";
import { at, entries, mayBe, texts } from "../values.ts";

const https = 443;

/**
 * What the internet reaches is found within minutes and tried for good, so it is HTTPS, which ends at a server made for
 * that. Addresses get in at the ports that are meant; whole groups of the VPC may be let in at all of them, since they
 * are named.
 */
export const ingressLimited: ResourceRule = {
  name: "ingress-limited",
  description: "Security groups let the internet in at port 443 alone, and no addresses at all ports.",
  scope: "resource",
  check: (resource) => ingressOf(resource).flatMap(violationsOf),
};

/** One opening of a security group, in whichever of AWS's three ways it was declared. */
interface Opening {
  readonly path: string;
  readonly protocol: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly ranges: readonly string[];
}

function ingressOf({ type, inputs }: DeclaredResource): readonly Opening[] {
  switch (type) {
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return [opening(inputs, "", "ipProtocol", ["cidrIpv4", "cidrIpv6"])];
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return inputs["type"] === "ingress" ? [opening(inputs, "", "protocol", blocks)] : [];
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
      return entries(inputs["ingress"]).map((each, index) =>
        opening(each, `ingress[${index}]`, "protocol", blocks),
      );
    default:
      return [];
  }
}

const blocks = ["cidrBlocks", "ipv6CidrBlocks"];

function opening(rule: unknown, path: string, protocol: string, ranges: readonly string[]): Opening {
  return {
    path,
    protocol: at(rule, protocol),
    from: at(rule, "fromPort"),
    to: at(rule, "toPort"),
    ranges: ranges.flatMap((field) => texts(at(rule, field))),
  };
}

function violationsOf({ path, protocol, from, to, ranges }: Opening): readonly Violation[] {
  if (allPorts(protocol, from, to))
    return ranges.map((cidr) => ({
      path,
      problem: `${describeValue(cidr)} reaches all ports`,
      expected: "the port that is meant",
    }));
  if (mayBe(protocol, "tcp", "6") && mayBe(from, https) && mayBe(to, https)) return [];
  return ranges.filter(isWorld).map((cidr) => ({
    path,
    problem: `the internet (${cidr}) reaches ${describeValue(protocol)} ${describeValue(from)} to ${describeValue(to)}`,
    expected: "tcp 443, or ranges of those who are meant",
  }));
}

/** `-1` is every protocol, and then ports do not count. */
function allPorts(protocol: unknown, from: unknown, to: unknown): boolean {
  return protocol === "-1" || protocol === "all" || (Number(from) <= 1 && Number(to) === 65535);
}
