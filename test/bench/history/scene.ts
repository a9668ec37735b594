import { Bucket, keysOf } from "../../e2e/bucket.ts";
import { TestBrowser } from "../../e2e/browser.ts";
import type { E2eEnvironment } from "../../e2e/environment.ts";
import { ann, host, login, ui, url } from "../../e2e/front-door.ts";
import { HttpsClient } from "../../e2e/https-client.ts";
import { Pages, sessionCookie } from "../../e2e/pages.ts";
import { E2ePlatform } from "../../e2e/platform.ts";
import { team } from "../../e2e/stack.ts";
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
  /** To the History Server with a session, through TLS and the proxy. */
  readonly frontDoor: Way;
  /** To the History Server itself, with what the front door shows it. */
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
    await platform.up({}, { ui });
    const authority = textAt(platform.outputs["ui"], "certificateAuthority") ?? "";
    const cookie = `${sessionCookie}=${await session(platform.outputs["ui"], authority)}`;
    const frontDoor = new Way({ url, port: ui.nodePort, headers: { cookie }, authority });
    const server = await openNodePort(kube, historyServer.namespace, historyServer.name);
    const authorization = await shownByTheFrontDoor(kube);
    const direct = new Way({ url: "http://history", port: server.port, headers: { authorization } });
    const store = await openNodePort(kube, "spark-storage", "store");
    opened.push(frontDoor, server, direct, store);
    const keys = await keysOf(kube, team, "s3-jobs");
    return {
      kube,
      bucket: new Bucket(`http://${here}:${store.port}`, "spark", keys),
      frontDoor,
      direct,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Logs in with a browser, as a reader does. */
async function session(output: unknown, authority: string): Promise<string> {
  const browser = await TestBrowser.open({ authority, hosts: { [host]: here, [login]: here } });
  try {
    const pages = new Pages(output, browser, new HttpsClient(here, authority));
    const { context } = await pages.member(ann);
    return await pages.session(context);
  } finally {
    await browser.close();
  }
}

async function shownByTheFrontDoor(kube: Kube): Promise<string> {
  const secret = { apiVersion: "v1", kind: "Secret", namespace: "spark-ui", name: "front-door-secrets" };
  return Buffer.from(textAt(await kube.read(secret), "data", "authorization") ?? "", "base64").toString();
}
