import { parseJson, textAt } from "../../../local/kube/json.ts";
import type { Allowed } from "./access.ts";
import { account, region } from "./names.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The parameter store. */
export class Parameters {
  /** Full name -> value. */
  readonly values = new Map<string, string>();
  readonly #allowed: Allowed;

  constructor(allowed: Allowed) {
    this.#allowed = allowed;
  }

  async answer(target: string | undefined, body: string): Promise<Answer> {
    const action = target?.split(".")[1] ?? "";
    // What the Session Manager's agent says of itself.
    if (action === "UpdateInstanceInformation") return json(200, {});
    if (action !== "GetParametersByPath") return json(400, { __type: "UnknownOperationException" });
    const request = parseJson(body);
    const path = (textAt(request, "Path") ?? "").replace(/\/$/, "");
    const resource = `arn:aws:ssm:${region}:${account}:parameter${path}`;
    if (!(await this.#allowed(`ssm:${action}`, resource))) {
      return json(400, {
        __type: "AccessDeniedException",
        message: `not authorized: ${action} on ${resource}`,
      });
    }
    const below = [...this.values].filter(([name]) => name.startsWith(`${path}/`));
    // Pages, as small as the parameter store may make them.
    const start = Number(textAt(request, "NextToken") ?? 0);
    const page = below
      .slice(start, start + 2)
      .map(([Name, Value]) => ({ Name, Value, Type: "SecureString" }));
    const more = start + 2 < below.length;
    return json(200, { Parameters: page, ...(more && { NextToken: String(start + 2) }) });
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/x-amz-json-1.1", body: JSON.stringify(value) };
}
