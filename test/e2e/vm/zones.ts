import type { Allowed } from "./access.ts";
import { zone } from "./names.ts";
import type { Answer } from "./parameters.ts";

/** Makes or removes a TXT record of the zone. */
export type Publish = (action: "set" | "clear", name: string, values: readonly string[]) => Promise<void>;

const namespace = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

/** Route 53 with one hosted zone, as far as a client of DNS challenges asks. */
export class Zones {
  /** Where its records show; a test without challenges has none. */
  publish: Publish | undefined;
  readonly #allowed: Allowed;

  constructor(allowed: Allowed) {
    this.#allowed = allowed;
  }

  async answer(method: string, path: string, body: string): Promise<Answer> {
    const parts = path.split("/").filter((part) => part !== "");
    if (method === "GET" && parts[1] === "hostedzone") {
      if (!(await this.#allowed("route53:ListHostedZones", "*"))) return denied("ListHostedZones");
      return xml(200, "ListHostedZonesResponse", listed);
    }
    if (method === "GET" && parts[1] === "change") {
      const resource = `arn:aws:route53:::change/${parts[2] ?? ""}`;
      if (!(await this.#allowed("route53:GetChange", resource))) return denied("GetChange");
      return xml(200, "GetChangeResponse", changeInfo("INSYNC"));
    }
    if (method === "POST" && parts[3] === "rrset") return this.#change(parts[2] ?? "", body);
    return denied(`${method} ${path}`);
  }

  async #change(id: string, body: string): Promise<Answer> {
    const name = tag(body, "Name").replace(/\.$/, "").toLowerCase();
    const action = tag(body, "Action");
    const context = {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
      "route53:ChangeResourceRecordSetsRecordTypes": [tag(body, "Type")],
      "route53:ChangeResourceRecordSetsActions": [action],
    };
    const resource = `arn:aws:route53:::hostedzone/${id}`;
    if (!(await this.#allowed("route53:ChangeResourceRecordSets", resource, context))) {
      return denied(`ChangeResourceRecordSets of ${name}`);
    }
    if (this.publish === undefined) throw new Error("no name server shows the zone's records");
    const values = [...body.matchAll(/<Value>"?([^<"]*)"?<\/Value>/g)].map(([, value]) => value ?? "");
    await this.publish(action === "DELETE" ? "clear" : "set", name, values);
    return xml(200, "ChangeResourceRecordSetsResponse", changeInfo("PENDING"));
  }
}

const listed = `<HostedZones><HostedZone><Id>/hostedzone/${zone.id}</Id><Name>${zone.name}.</Name>
<CallerReference>e2e</CallerReference><Config><PrivateZone>false</PrivateZone></Config></HostedZone></HostedZones>
<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>`;

function changeInfo(status: string): string {
  const at = new Date().toISOString();
  return `<ChangeInfo><Id>/change/C0E2E</Id><Status>${status}</Status><SubmittedAt>${at}</SubmittedAt></ChangeInfo>`;
}

function tag(body: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "";
}

function denied(what: string): Answer {
  return xml(403, "ErrorResponse", `<Error><Code>AccessDenied</Code><Message>${what}</Message></Error>`);
}

function xml(status: number, root: string, inner: string): Answer {
  const body = `<?xml version="1.0"?>\n<${root} ${namespace}>${inner}</${root}>`;
  return { status, type: "text/xml", body };
}
