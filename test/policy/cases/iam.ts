import { actionsNamed, noBroadPolicies, principalsNamed, resourcesNamed } from "../../../policy/rules/iam.ts";
import { declare, type RuleCases } from "../declare.ts";

type Fields = Readonly<Record<string, unknown>>;
const arn = "arn:aws:s3:::store/data/*";
const allow = { Effect: "Allow", Action: ["s3:GetObject"], Resource: [arn] };
const document = (...statements: readonly Fields[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const identity = (...statements: readonly Fields[]) => [
  declare("aws:iam/rolePolicy:RolePolicy", { policy: document(...statements) }),
];
const trust = (principal: unknown) => [
  declare("aws:iam/role:Role", {
    assumeRolePolicy: document({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }),
  }),
];
const attached = (policyArn: string) => [
  declare("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn }),
];

export const iamCases: readonly RuleCases[] = [
  {
    rule: actionsNamed,
    right: [
      { name: "whole names", stack: identity(allow, { ...allow, Action: "s3:PutObject" }) },
      { name: "a refusal of everything", stack: identity({ ...allow, Effect: "Deny", Action: "*" }) },
      { name: "a refusal of all but some", stack: identity({ Effect: "Deny", NotAction: ["s3:GetObject"] }) },
      {
        name: "what may go through an endpoint",
        stack: [declare("aws:ec2/vpcEndpoint:VpcEndpoint", { policy: document({ ...allow, Action: "*" }) })],
      },
    ],
    wrong: [
      {
        name: "everything, a service, a part of one",
        stack: identity(
          { ...allow, Action: "*" },
          { ...allow, Sid: "store", Action: ["s3:GetObject", "s3:*"] },
          { ...allow, Action: ["s3:Get*", "s3:PutObjec?"] },
        ),
        says: [
          /^policy\.Statement\[0\]\.Action: "\*" allows more than it names; expected: each action/,
          /^policy\.Statement\[1\] \(store\)\.Action: "s3:\*"/,
          /"s3:Get\*"/,
          /"s3:PutObjec\?"/,
        ],
      },
      {
        name: "all but some",
        stack: identity({ Effect: "Allow", NotAction: ["iam:*"], NotResource: [arn] }),
        says: [/\.NotAction: allows all but what it names; expected: Action/, /\.NotResource/],
      },
      {
        name: "an inline policy of a role, and a resource's own",
        stack: [
          declare("aws:iam/role:Role", {
            inlinePolicies: [{ name: "a", policy: document({ ...allow, Action: "ec2:*" }) }],
          }),
          declare("aws:s3/bucketPolicy:BucketPolicy", {
            policy: { Statement: { ...allow, Action: "s3:*" } },
          }),
        ],
        says: [/^inlinePolicies\[0\]\.policy\.Statement\[0\]\.Action: "ec2:\*"/, /"s3:\*"/],
      },
    ],
  },
  {
    rule: resourcesNamed,
    right: [
      { name: "an ARN, and all below a name", stack: identity(allow) },
      {
        name: "a kind of resource",
        stack: identity({ ...allow, Action: "route53:GetChange", Resource: "arn:aws:route53:::change/*" }),
      },
      {
        name: "a statement that cannot name any",
        stack: identity({ ...allow, Sid: "findZone", Action: "route53:ListHostedZones", Resource: "*" }),
      },
      {
        name: "a key's own policy, where `*` is the key",
        stack: [declare("aws:kms/key:Key", { policy: document({ ...allow, Resource: "*" }) })],
      },
      { name: "a refusal of everything", stack: identity({ ...allow, Effect: "Deny", Resource: "*" }) },
    ],
    wrong: [
      {
        name: "everything, a service, any bucket",
        stack: identity(
          { ...allow, Resource: "*" },
          { ...allow, Resource: [arn, "arn:aws:s3:::*"] },
          { ...allow, Resource: "arn:aws:s3:::*/data" },
          { ...allow, Resource: "arn:aws:*:eu-central-1:111122223333:a/b" },
        ),
        says: [
          /^policy\.Statement\[0\]\.Resource: "\*" is everything; expected: ARNs/,
          /"arn:aws:s3:::\*" is/,
          /"arn:aws:s3:::\*\/data" is/,
          /"arn:aws:\*:/,
        ],
      },
      {
        name: "a known statement with another action",
        stack: identity({
          ...allow,
          Sid: "findZone",
          Action: ["route53:ListHostedZones", "route53:DeleteHostedZone"],
          Resource: "*",
        }),
        says: [/^policy\.Statement\[0\] \(findZone\)\.Resource: "\*" is everything/],
      },
      {
        name: "a Sid that is a word of JavaScript",
        stack: identity({ ...allow, Sid: "constructor", Resource: "*" }),
        says: [/"\*" is everything/],
      },
    ],
  },
  {
    rule: principalsNamed,
    right: [
      { name: "a service", stack: trust({ Service: "ec2.amazonaws.com" }) },
      { name: "a role", stack: trust({ AWS: ["arn:aws:iam::111122223333:role/a"] }) },
      {
        name: "a refusal for everybody",
        stack: [
          declare("aws:s3/bucketPolicy:BucketPolicy", {
            policy: document({ ...allow, Effect: "Deny", Principal: "*" }),
          }),
        ],
      },
    ],
    wrong: [
      { name: "everybody", stack: trust("*"), says: [/^assumeRolePolicy.*\.Principal: "\*" is everybody/] },
      { name: "every account", stack: trust({ AWS: ["*"] }), says: [/"\*" is everybody/] },
    ],
  },
  {
    rule: noBroadPolicies,
    right: [
      {
        name: "a policy of AWS for one purpose",
        stack: attached("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
      },
      { name: "one of the account", stack: attached("arn:aws:iam::111122223333:policy/OwnFullAccess") },
    ],
    wrong: [
      {
        name: "a service, all of them, and a role with a list",
        stack: [
          ...attached("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
          ...attached("arn:aws:iam::aws:policy/AdministratorAccess"),
          declare("aws:iam/role:Role", {
            managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
          }),
        ],
        says: [
          /^policyArn: "arn:aws:iam::aws:policy\/AmazonS3FullAccess" gives everything/,
          /AdministratorAccess/,
          /^managedPolicyArns: .*PowerUserAccess/,
        ],
      },
    ],
  },
];
