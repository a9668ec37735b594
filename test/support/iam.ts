import { runSimulation } from "@cloud-copilot/iam-simulate";

const accountId = "111122223333";

export interface AwsRequest {
  readonly action: string;
  /** ARN; `*` where the action knows no resources. */
  readonly resource: string;
  /** Condition keys and their values. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Whether IAM would let an identity with this policy alone make the request, of a resource that may have one of its own.
 * @throws where the policy is not valid, or AWS knows no such action, resource or condition key.
 */
export async function allowed(
  policy: unknown,
  { action, resource, context = {} }: AwsRequest,
  resourcePolicy?: unknown,
): Promise<boolean> {
  const decision = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/registry`,
        action,
        resource: { resource, accountId },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [
            key,
            typeof value === "string" ? value : [...value],
          ]),
        ),
      },
      identityPolicies: [{ name: "own", policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy !== undefined && { resourcePolicy }),
    },
    {},
  );
  const asked = `${action} on ${resource}`;
  if (decision.resultType === "error") throw new Error(`${asked}: ${JSON.stringify(decision.errors)}`);
  if (decision.resultType !== "single") throw new Error(`${asked} is not one request`);
  const ignored = decision.result.ignoredContextKeys ?? [];
  if (ignored.length > 0) throw new Error(`${asked} does not know ${ignored.join(", ")}`);
  return decision.overallResult === "Allowed";
}

/** Whether a text is one that a pattern of IAM stands for: `*` is any characters, `?` is one, all else is itself. */
export function matches(pattern: string, text: string): boolean {
  const regex = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${regex}$`, "s").test(text);
}
