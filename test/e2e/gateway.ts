import { textAt, type Fields } from "../../local/kube/json.ts";
import { Api, type Session } from "./api.ts";
import { HttpsClient } from "./https-client.ts";
import type { E2ePlatform } from "./platform.ts";
import { nodeAddress, type Workload } from "./rollouts.ts";

/** The platform's API as the tests deploy it: its name and node port, and where it runs. */
export const exposure = { kind: "node-port", host: "api.e2e.test", nodePort: 30446 };
export const url = `https://${exposure.host}:${exposure.nodePort}`;
export const gatewayPods: Workload = { namespace: "spark-gateway", name: "gateway" };

/** The stack's key `gateway`, with an embedded store that is empty. */
export function embeddedGateway(platform: E2ePlatform): Fields {
  const database = { kind: "embedded", volume: platform.newVolume("gateway", "1Gi") };
  return { ...exposure, database };
}

/** What the stack says of its gateway, since the last deploy. */
export function gatewayOutput(platform: E2ePlatform, key: "certificateAuthority" | "registerToken"): string {
  return textAt(platform.outputs["gateway"], key) ?? "";
}

/** The API of a platform, and who was let in first. */
export interface OpenGateway {
  readonly client: HttpsClient;
  readonly api: Api;
  readonly admin: Session;
}

/** Deploys a platform that has nothing but its gateway, and registers its first admin. `more`: of the key `gateway`. */
export async function upWithGateway(platform: E2ePlatform, more: Fields = {}): Promise<OpenGateway> {
  await platform.up({}, { gateway: { ...embeddedGateway(platform), ...more } });
  const authority = gatewayOutput(platform, "certificateAuthority");
  const client = new HttpsClient(await nodeAddress(platform.kube), authority);
  const api = new Api(client, url);
  return { client, api, admin: await api.register(gatewayOutput(platform, "registerToken")) };
}
