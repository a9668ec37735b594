import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { isRecord, type Fields } from "../../../local/kube/json.ts";
import { listen } from "./listen.ts";
import { account, region, role, services, vm } from "./names.ts";
import { metadataPort } from "./network.ts";
import type { Undo } from "./undo.ts";

/** What an instance asks about itself. */
export interface Instance {
  readonly id: string;
  readonly userData: string;
}

const sessionToken = "e2e-metadata-token";

/** EC2's metadata service, version 2 alone: nothing without a token. */
export class Metadata {
  /** The instance that asks; a new id is a new machine. */
  instance: Instance = { id: "i-none", userData: "" };

  static async start(undo: Undo): Promise<Metadata> {
    const metadata = new Metadata();
    const server = createServer((request, response) => {
      metadata.#answer(request, response);
    });
    await listen(undo, server, metadataPort, services);
    return metadata;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? "").split("/").filter((part) => part !== "");
    if (request.method === "PUT" && path.join("/") === "latest/api/token") {
      response.setHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600");
      response.end(sessionToken);
      return;
    }
    // cloud-init asks for a token on hardware that it takes for EC2's, and this is none.
    const cloudInit = request.headers["user-agent"]?.startsWith("Cloud-Init/") === true;
    if (!cloudInit && request.headers["x-aws-ec2-metadata-token"] !== sessionToken) {
      response.writeHead(401).end();
      return;
    }
    // The first part is the version of the interface.
    const found = path
      .slice(1)
      .reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part] : undefined), {
        ...this.#tree(),
      });
    if (isRecord(found)) response.end(listing(found));
    else if (typeof found === "string") response.end(found);
    else response.writeHead(404).end();
  }

  #tree(): Fields {
    const { id, userData } = this.instance;
    const zone = `${region}a`;
    const credentials = {
      Code: "Success",
      Type: "AWS-HMAC",
      LastUpdated: new Date().toISOString(),
      Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
      AccessKeyId: role.accessKeyId,
      SecretAccessKey: role.secretAccessKey,
      Token: "",
    };
    const document = { instanceId: id, region, availabilityZone: zone, accountId: account, privateIp: vm };
    return {
      "meta-data": {
        "ami-id": "ami-0e2e",
        hostname: "registry-vm",
        "instance-id": id,
        "instance-type": "t4g.small",
        "local-hostname": "registry-vm",
        "local-ipv4": vm,
        placement: { "availability-zone": zone, region },
        iam: { "security-credentials": { [role.name]: JSON.stringify(credentials) } },
      },
      "user-data": userData,
      dynamic: { "instance-identity": { document: JSON.stringify(document) } },
    };
  }
}

function listing(folder: Fields): string {
  return Object.entries(folder)
    .map(([name, value]) => (isRecord(value) ? `${name}/` : name))
    .join("\n");
}
