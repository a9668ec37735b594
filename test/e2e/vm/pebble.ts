import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { join } from "node:path";

import type { Authority } from "./authority.ts";
import { Daemon } from "./commands.ts";
import { acmeHost, services } from "./names.ts";
import type { Undo } from "./undo.ts";
import type { Publish } from "./zones.ts";

const dnsPort = 8171;
const dnsAdminPort = 8172;
const acmePort = 14_000;
const adminPort = 8173;

/**
 * Pebble waits before it looks at a challenge, and refuses 5 % of all good nonces at random, so that clients are seen to
 * try again. Certbot does, once for each request: every thirtieth certificate or so would fail, by two in a row.
 */
const lenient = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" };

export interface AcmeServer {
  /** URL of the directory. */
  readonly directory: string;
  /** PEM of the authority that its certificates lead to. */
  readonly root: string;
  /** Shows a TXT record to the authority. */
  readonly publish: Publish;
}

/** A certificate authority that issues by ACME, and the name server that it asks. */
export async function startPebble(undo: Undo, folder: string, authority: Authority): Promise<AcmeServer> {
  const { certificate, key } = await authority.issue([acmeHost]);
  const files = { certificate: join(folder, "pebble.crt"), key: join(folder, "pebble.key") };
  await writeFile(files.certificate, certificate);
  await writeFile(files.key, key, { mode: 0o600 });
  const config = {
    pebble: {
      listenAddress: `${services}:${acmePort}`,
      managementListenAddress: `${services}:${adminPort}`,
      certificate: files.certificate,
      privateKey: files.key,
      httpPort: 80,
      tlsPort: 443,
      profiles: { default: { description: "as others do", validityPeriod: 7_776_000 } },
    },
  };
  const configFile = join(folder, "pebble.json");
  await writeFile(configFile, JSON.stringify(config));
  const admin = `http://${services}:${dnsAdminPort}`;
  const none = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", ""];
  const names = ["-dnsserver", `${services}:${dnsPort}`, "-management", `${services}:${dnsAdminPort}`];
  const dnsLog = join(folder, "challtestsrv.log");
  const dns = await Daemon.start(undo, "pebble-challtestsrv", [...none, ...names], { log: dnsLog });
  await dns.ready("the authority's name server", async () => {
    return (await fetch(admin).catch(() => undefined)) !== undefined;
  });
  const pebble = await Daemon.start(
    undo,
    "pebble",
    ["-config", configFile, "-dnsserver", `${services}:${dnsPort}`],
    { log: join(folder, "pebble.log"), env: lenient },
  );
  let root = "";
  await pebble.ready("the ACME server", async () => {
    root = await get(`https://${services}:${adminPort}/roots/0`, authority.certificate).catch(() => "");
    return root !== "";
  });
  const publish: Publish = async (action, name, values) => {
    for (const value of values) {
      const body = JSON.stringify({ host: `${name}.`, ...(action === "set" && { value }) });
      const answer = await fetch(`${admin}/${action}-txt`, { method: "POST", body });
      if (!answer.ok) throw new Error(`the record of ${name} could not be ${action}: ${await answer.text()}`);
    }
  };
  return { directory: `https://${acmeHost}:${acmePort}/dir`, root, publish };
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, servername: acmeHost, agent: false }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}
