import { tagged } from "../../../policy/rules/tags.ts";
import { declare, providerWithTags, type RuleCases } from "../declare.ts";

const all = { project: "spark-platform", stack: "test", "managed-by": "pulumi" };
const subnet = (tags: unknown, defaults?: Readonly<Record<string, unknown>>) => [
  declare("aws:ec2/subnet:Subnet", { tags }, { provider: defaults && providerWithTags(defaults) }),
];

export const tagsCases: RuleCases = {
  rule: tagged,
  right: [
    { name: "the provider's default tags", stack: subnet({ Name: "a" }, all) },
    { name: "its own", stack: subnet(all) },
    { name: "some of each", stack: subnet({ stack: "test" }, { project: "a", "managed-by": "pulumi" }) },
    {
      name: "default tags as a policy pack may see them",
      stack: [
        declare("aws:ec2/subnet:Subnet", {}, { provider: { defaultTags: { tags: all } } }),
        declare("aws:ec2/subnet:Subnet", { tags: all }, { provider: {} }),
      ],
    },
    { name: "what is not on AWS", stack: [declare("kubernetes:core/v1:Namespace")] },
  ],
  wrong: [
    {
      name: "no tags",
      stack: subnet(undefined),
      says: [/^tags: without project, stack, managed-by; expected: defaultTags of the aws\.Provider/],
    },
    {
      name: "a provider without default tags",
      stack: [declare("aws:iam/role:Role", {}, { provider: { region: "eu-central-1" } })],
      says: [/without project, stack, managed-by/],
    },
    {
      name: "one missing",
      stack: subnet({ stack: "test" }, { project: "a" }),
      says: [/without managed-by;/],
    },
  ],
};
