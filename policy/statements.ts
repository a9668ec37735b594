/** Policy documents. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
import { isRecord } from "../jobs/manifest/record.ts";
import type { DeclaredResource } from "./rule.ts";
import { at, entries, parsed, texts, type Fields } from "./values.ts";

export interface Statement {
  /** Where: `policy.Statement[0]`, with its Sid. */
  readonly path: string;
  readonly fields: Fields;
}

/** The statements of a document, a text or an object; none where it is not known, or where AWS would not read it. */
export function statementsOf(document: unknown, path: string): readonly Statement[] {
  return entries(at(parsed(document), "Statement")).flatMap((fields, index) => {
    if (!isRecord(fields)) return [];
    const [sid] = texts(fields["Sid"]);
    const place = `${path}.Statement[${index}]`;
    return [{ path: sid === undefined ? place : `${place} (${sid})`, fields }];
  });
}

/** What is known of a statement that allows something. */
export interface Grant {
  readonly path: string;
  readonly sid: string | undefined;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Of all kinds: ARNs, services, `*`. */
  readonly principals: readonly string[];
  /** NotAction, NotResource, NotPrincipal: all but what they name. */
  readonly inverted: readonly string[];
}

/**
 * What a resource's policies grant: an identity's own, those of a resource, and who may take a role. Not the policy of
 * a VPC endpoint, which grants nothing: it limits what goes through.
 */
export function grantsOf({ type, inputs }: DeclaredResource): readonly Grant[] {
  if (!type.startsWith("aws:") || type === "aws:ec2/vpcEndpoint:VpcEndpoint") return [];
  const own = ["policy", "assumeRolePolicy"].flatMap((field) => statementsOf(inputs[field], field));
  const inline = entries(inputs["inlinePolicies"]).flatMap((each, index) =>
    statementsOf(at(each, "policy"), `inlinePolicies[${index}].policy`),
  );
  return [...own, ...inline].filter(({ fields }) => fields["Effect"] === "Allow").map(grant);
}

function grant({ path, fields }: Statement): Grant {
  const principal = fields["Principal"];
  return {
    path,
    sid: texts(fields["Sid"])[0],
    actions: texts(fields["Action"]),
    resources: texts(fields["Resource"]),
    principals: isRecord(principal) ? Object.values(principal).flatMap(texts) : texts(principal),
    inverted: ["NotAction", "NotResource", "NotPrincipal"].filter((field) => fields[field] !== undefined),
  };
}
