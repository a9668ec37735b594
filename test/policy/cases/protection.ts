import {
  namedAddressProtected,
  statefulProtected,
  unprotectedTags,
} from "../../../policy/rules/protection.ts";
import { declare, providerWithTags, type RuleCases } from "../declare.ts";

const types = {
  bucket: "aws:s3/bucket:Bucket",
  zone: "aws:route53/zone:Zone",
  users: "aws:cognito/userPool:UserPool",
  key: "aws:kms/key:Key",
  cluster: "aws:eks/cluster:Cluster",
};
const options = { protect: true, retainOnDelete: true };
const unprotectedProvider = { provider: providerWithTags(unprotectedTags) };

const address = declare("aws:ec2/eip:Eip", {}, { name: "address" });
const kept = { ...address, protect: true };
const record = declare("aws:route53/record:Record", {}, { references: { records: [address.urn] } });
const natGateway = declare(
  "aws:ec2/natGateway:NatGateway",
  {},
  { references: { allocationId: [address.urn] } },
);

export const protectionCases: readonly RuleCases[] = [
  {
    rule: statefulProtected,
    right: [
      {
        name: "all that holds state, with its locks",
        stack: [
          declare(types.bucket, {}, options),
          declare(types.zone, { forceDestroy: false }, options),
          declare(types.users, { deletionProtection: "ACTIVE" }, options),
          declare(types.key, {}, options),
          declare(types.cluster, { deletionProtection: true }, options),
        ],
      },
      {
        name: "a bucket where nobody can see whether it is retained",
        stack: [declare(types.bucket, {}, { protect: true, retainOnDelete: undefined })],
      },
      {
        name: "a stack that says it may be deleted whole",
        stack: Object.values(types).map((type) => declare(type, { forceDestroy: true }, unprotectedProvider)),
      },
      { name: "what is made anew", stack: [declare("aws:ec2/instance:Instance")] },
    ],
    wrong: [
      {
        name: "all that holds state, without a lock",
        stack: Object.values(types).map((type) => declare(type)),
        says: [
          /^options\.protect: is false, and with it goes: data, code, event logs and images; expected: true; or/,
          /^options\.retainOnDelete: is false, and with it goes: data/,
          /^options\.protect: .*name servers/,
          /^options\.protect: .*passwords/,
          /^deletionProtection: is undefined, and with it goes: the users.*; expected: "ACTIVE"/,
          /^options\.protect: .*encrypted/,
          /^options\.protect: .*runs on it/,
          /^deletionProtection: is undefined, .*; expected: true/,
        ],
      },
      {
        name: "locks that the program opens",
        stack: [
          declare(types.bucket, { forceDestroy: true }, options),
          declare(types.zone, { forceDestroy: true }, options),
          declare(types.users, { deletionProtection: "INACTIVE" }, options),
          declare(types.cluster, { deletionProtection: false }, options),
        ],
        says: [
          /^forceDestroy: is true, and with it goes: data.*; expected: false/,
          /^forceDestroy: is true/,
          /^deletionProtection: is "INACTIVE"/,
          /^deletionProtection: is false/,
        ],
      },
      {
        name: "another word in the tag",
        stack: [declare(types.key, {}, { provider: providerWithTags({ protection: "all" }) })],
        says: [/^options\.protect/],
      },
    ],
  },
  {
    rule: namedAddressProtected,
    right: [
      { name: "a protected address with a name", stack: [kept, record] },
      { name: "an address of NAT", stack: [address, natGateway] },
      {
        name: "an address beside the name of another",
        stack: [kept, record, declare(address.type, {}, { name: "other" })],
      },
      {
        name: "a stack that says it may be deleted whole",
        stack: [{ ...address, ...unprotectedProvider }, record],
      },
    ],
    wrong: [
      {
        name: "an address that a name leads to",
        stack: [address, record],
        says: [/^options\.protect: is false, and with it goes: the address, for good; expected: true/],
      },
    ],
  },
];
