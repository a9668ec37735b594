import { instanceMetadataProtected } from "../../../policy/rules/instance-metadata.ts";
import { ingressLimited } from "../../../policy/rules/open-ingress.ts";
import { declare, type RuleCases } from "../declare.ts";

type Fields = Readonly<Record<string, unknown>>;
const machine = (metadataOptions?: Fields) => [declare("aws:ec2/instance:Instance", { metadataOptions })];
const rule = (port: number, more: Fields) =>
  declare("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
    ...more,
  });
const group = (...ingress: readonly Fields[]) => declare("aws:ec2/securityGroup:SecurityGroup", { ingress });
const old = (more: Fields) =>
  declare("aws:ec2/securityGroupRule:SecurityGroupRule", {
    type: "ingress",
    protocol: "tcp",
    fromPort: 22,
    toPort: 22,
    ...more,
  });

export const networkCases: readonly RuleCases[] = [
  {
    rule: instanceMetadataProtected,
    right: [
      { name: "tokens, one hop", stack: machine({ httpTokens: "required", httpPutResponseHopLimit: 1 }) },
      { name: "no metadata", stack: machine({ httpEndpoint: "disabled" }) },
    ],
    wrong: [
      {
        name: "a machine that says nothing",
        stack: machine(),
        says: [
          /^metadataOptions\.httpTokens: is undefined; expected: "required"/,
          /httpPutResponseHopLimit: is undefined; expected: 1/,
        ],
      },
      {
        name: "tokens if one likes, two hops",
        stack: machine({ httpTokens: "optional", httpPutResponseHopLimit: 2 }),
        says: [/is "optional"/, /is 2/],
      },
      {
        name: "a template",
        stack: [
          declare("aws:ec2/launchTemplate:LaunchTemplate", { metadataOptions: { httpTokens: "required" } }),
        ],
        says: [/httpPutResponseHopLimit/],
      },
    ],
  },
  {
    rule: ingressLimited,
    right: [
      {
        name: "HTTPS for all",
        stack: [rule(443, { cidrIpv4: "0.0.0.0/0" }), rule(443, { cidrIpv6: "::/0" })],
      },
      { name: "SSH for an office and for private addresses", stack: [rule(22, { cidrIpv4: "10.0.0.0/8" })] },
      {
        name: "a group at all ports",
        stack: [
          declare("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
            ipProtocol: "-1",
            referencedSecurityGroupId: "sg-1",
          }),
          group({ protocol: "-1", fromPort: 0, toPort: 0, self: true }),
        ],
      },
      { name: "a way out", stack: [old({ type: "egress", cidrBlocks: ["0.0.0.0/0"] })] },
      {
        name: "an emptied group",
        stack: [declare("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", { ingress: [] })],
      },
    ],
    wrong: [
      {
        name: "SSH for all, in each of the ways to say it",
        stack: [
          rule(22, { cidrIpv4: "0.0.0.0/0" }),
          rule(22, { cidrIpv6: "::/0" }),
          old({ cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }),
          group(
            { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
            { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
          ),
        ],
        says: [
          /^the internet \(0\.0\.0\.0\/0\) reaches "tcp" 22 to 22; expected: tcp 443/,
          /\(::\/0\)/,
          /\(0\.0\.0\.0\/0\)/,
          /\(::\/0\)/,
          /^ingress\[1\]: the internet/,
        ],
      },
      {
        name: "the internet in two halves",
        stack: [rule(80, { cidrIpv4: "0.0.0.0/1" }), rule(80, { cidrIpv4: "128.0.0.0/1" })],
        says: [/0\.0\.0\.0\/1/, /128\.0\.0\.0\/1/],
      },
      {
        name: "more than HTTPS",
        stack: [
          rule(443, { toPort: 444, cidrIpv4: "0.0.0.0/0" }),
          rule(443, { ipProtocol: "udp", cidrIpv4: "0.0.0.0/0" }),
        ],
        says: [/443 to 444/, /"udp" 443/],
      },
      {
        name: "addresses at all ports",
        stack: [
          rule(0, { ipProtocol: "-1", cidrIpv4: "192.168.0.0/16" }),
          rule(0, { toPort: 65535, cidrIpv4: "192.168.0.0/16" }),
          declare("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {
            ingress: [{ protocol: "all", fromPort: 0, toPort: 0, cidrBlocks: ["192.168.0.0/16"] }],
          }),
        ],
        says: [
          /^"192\.168\.0\.0\/16" reaches all ports; expected: the port/,
          /all ports/,
          /^ingress\[0\]: .* all ports/,
        ],
      },
    ],
  },
];
