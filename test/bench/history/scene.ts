import { Bucket, keysOf } from "../../e2e/bucket.ts";
import type { E2eEnvironment } from "../../e2e/environment.ts";
import { ann, origins, ui } from "../../e2e/front-door.ts";
import { embeddedGateway, exposure } from "../../e2e/gateway.ts";
import { E2ePlatform } from "../../e2e/platform.ts";
import { team } from "../../e2e/stack.ts";
import { historyKey, signJws } from "../../../gateway/src/ui/jws.ts";
import { originOf, pagesAtOrigin } from "../../../gateway/src/ui/origins.ts";
import { openSessions } from "../../../gateway/src/ui/sessions.ts";
import { cookieName } from "../../../gateway/src/ui/ui.ts";
import { textAt } from "../../../local/kube/json.ts";
import { Kube } from "../../../local/kube/kube.ts";
import { nodeIsHere, openNodePort } from "./node-port.ts";
import { Way } from "./way.ts";

const here = "127.0.0.1";
export const historyServer = { namespace: "spark-history", name: "history" };

/** A platform with pages, and what the bench needs of it. */
export interface Scene {
  readonly kube: Kube;
  /** With the keys of jobs: logs come into the bucket as theirs do. */
  readonly bucket: Bucket;
  /** To the pages at their origins with a session there, through TLS and the gateway. */
  readonly pages: Way;
  /** To the History Server itself, with what the gateway shows it. */
  readonly direct: Way;
  readonly close: () => Promise<void>;
}

/** Deploys a platform without jobs, the History Server as it is by default. */
export async function openScene({ kubeconfig }: E2eEnvironment): Promise<Scene> {
  await nodeIsHere(Kube.open(kubeconfig));
  const platform = await E2ePlatform.open("bench-history");
  const opened: { close: () => void | Promise<void> }[] = [platform];
  const close = async (): Promise<void> => {
    for (const each of opened.reverse()) await each.close();
  };
  try {
    const { kube } = platform;
    await platform.up({}, { ui, gateway: embeddedGateway(platform) });
    const authority = textAt(platform.outputs["gateway"], "certificateAuthority") ?? "";
    const key = await frontDoorKey(kube);
    const pages = new Way({
      url: originOf(origins, { kind: "history" }),
      port: exposure.nodePort,
      headers: visitorHeaders(key),
      authority,
    });
    const server = await openNodePort(kube, historyServer.namespace, historyServer.name);
    const authorization = `Bearer ${signJws(historyKey(key), { sub: "gateway" })}`;
    const direct = new Way({ url: "http://history", port: server.port, headers: () => ({ authorization }) });
    const store = await openNodePort(kube, "spark-storage", "store");
    opened.push(pages, server, direct, store);
    const keys = await keysOf(kube, team, "s3-jobs");
    return {
      kube,
      bucket: new Bucket(`http://${here}:${store.port}`, "spark", keys),
      pages,
      direct,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Sessions as the gateway gives them, so that no log-in stands before each application's page. */
function visitorHeaders(key: string): (path: string) => Promise<Record<string, string>> {
  const sessions = openSessions(key, Date.now);
  return async (path) => {
    const pages = pagesAtOrigin(path) ?? { kind: "history" as const };
    const session = await sessions.issueSession({ pages, visitor: { name: ann, isAdmin: true } });
    return { host: new URL(originOf(origins, pages)).host, cookie: `${cookieName}=${session}` };
  };
}

async function frontDoorKey(kube: Kube): Promise<string> {
  const secret = { apiVersion: "v1", kind: "Secret", namespace: "spark-gateway", name: "gateway-secrets" };
  return Buffer.from(textAt(await kube.read(secret), "data", "front-door-key") ?? "", "base64").toString();
}
