/** `npm run test:api`: the API, as a process on a cluster that is a fake, against its own description. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { listAt, textAt } from "../../../local/kube/json.ts";
import type { Platform, PlatformStorage } from "../../src/platform.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import { registerAt, send, startProcess, type GatewayProcess } from "../processes/gateway-process.ts";
import { startFakeS3, storeKeys } from "../support/fake-s3.ts";
import { kubeConfigOf, startFakeCluster } from "../support/fake-cluster.ts";
import { onlyAnalytics, samplePlatform } from "../support/job-samples.ts";
import { schemathesis, type Caller } from "./schemathesis.ts";

/** Per operation and phase: an admin reaches all there is; of a user most is refused before anything happens. */
const examples = { admin: 200, user: 50 };

test("every answer is a documented one, and none is a fault, whatever is sent by an admin or a user", async (context) => {
  const registerToken = mintToken("register");
  const gateway = await startGateway(context, registerToken);
  const admin = await adminOf(gateway, registerToken);
  const user = await userOf(gateway, admin.accessToken);
  // The user first: an admin revokes everybody else.
  for (const caller of [user, admin]) {
    assert.equal(await schemathesis(gateway.api, caller), 0);
    const { status } = await send(`${gateway.api}/v1/whoami`, { token: caller.accessToken });
    assert.equal(status, 200, "whoever has lost the token on the way has proven nothing");
  }
});

async function startGateway(context: TestContext, registerToken: string): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-contract-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const cluster = await startFakeCluster(context);
  const { storage } = await startFakeS3(context);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return startProcess(context, {
    DATA_FOLDER: folder,
    BOOTSTRAP_TOKEN_SHA256: hashToken(registerToken),
    KUBECONFIG: file("kubeconfig.json", kubeConfigOf(cluster.url).exportConfig()),
    PLATFORM_FILE: file("platform.json", JSON.stringify(platformWith(storage))),
    ...storeKeys,
    TRUSTED_PROXIES: "1",
  });
}

/** Code goes through the gateway, so that there are all of the routes. */
function platformWith(storage: PlatformStorage): Platform {
  return samplePlatform({ ...onlyAnalytics, storage: { ...storage, uploads: "gateway" } });
}

async function adminOf(gateway: GatewayProcess, registerToken: string): Promise<Caller> {
  const { accessToken, family } = await registerAt(gateway, registerToken);
  const listed = await send(`${gateway.api}/v1/tokens/register-tokens`, { token: accessToken });
  const id =
    textAt(listAt(listed.body, "items")[0], "id") ??
    assert.fail("the first admin's register token is not listed");
  return { accessToken, own: [family, id], examples: examples.admin };
}

async function userOf({ api, ...gateway }: GatewayProcess, token: string): Promise<Caller> {
  const made = await send(`${api}/v1/tokens/register-tokens`, { token, body: { clientName: "alice" } });
  const text = (field: string): string => textAt(made.body, field) ?? assert.fail(`no ${field}`);
  const { accessToken, family } = await registerAt({ api, ...gateway }, text("registerToken"));
  return { accessToken, own: [family, text("id")], examples: examples.user };
}
