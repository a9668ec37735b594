/** What the stacks in AWS declare. */
import { evaluateStack, stackFile } from "../support/graph.ts";
import { textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph, Registration } from "../support/mocks.ts";

export const stacks = ["dev", "prod"] as const;
export type AwsStack = (typeof stacks)[number];

/** Answers of the provider's functions: of its own table, and of the search for Debian's image. */
export const calls: Readonly<Record<string, () => Fields>> = {
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-1" }),
  "aws:lb/getHostedZoneId:getHostedZoneId": () => ({ id: "Z215JYRZR1TBD5" }),
};

const graphs = new Map<string, Promise<Graph>>();

/** What a stack's file declares, with these keys in place of its own; evaluated once for all who ask. */
export function awsGraph(
  stack: AwsStack,
  { keys = {}, preview = false }: { readonly keys?: Fields; readonly preview?: boolean } = {},
): Promise<Graph> {
  const id = JSON.stringify([stack, keys, preview]);
  const known = graphs.get(id) ?? evaluateStack({ ...stackFile(stack), ...keys }, { stack, preview, calls });
  graphs.set(id, known);
  return known;
}

export function amazon({ registrations }: Graph): readonly Registration[] {
  return registrations.filter(({ type }) => type.startsWith("aws:"));
}

/** Every policy of IAM or of a resource: whose it is, and its document. */
export function policies(graph: Graph): readonly { readonly of: Registration; readonly text: string }[] {
  return amazon(graph).flatMap((of) =>
    ["policy", "assumeRolePolicy"].flatMap((input) => {
      const text = textAt(of.inputs, input);
      return text === undefined ? [] : [{ of, text }];
    }),
  );
}
