import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { condition, textAt, type Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Api, ApiAnswer, Session } from "../api.ts";
import { exposure, gatewayOutput, gatewayPods, upWithGateway, url } from "../gateway.ts";
import type { HttpsClient } from "../https-client.ts";
import { ownDatabaseUrl, startOwnDatabase, stopOwnDatabase } from "../own-database.ts";
import { E2ePlatform, report } from "../platform.ts";
import { restart } from "../rollouts.ts";
import { team } from "../stack.ts";

describe("the gateway", () => {
  let platform: E2ePlatform;
  let client: HttpsClient;
  let api: Api;
  let admin: Session;

  const registerToken = (): string => gatewayOutput(platform, "registerToken");

  before(async () => {
    platform = await E2ePlatform.open("e2e-gateway");
    const listed = { namespace: "default", name: "default", namespaces: [team] };
    ({ client, api, admin } = await upWithGateway(platform, { serviceAccounts: [listed] }));
  });
  after(async () => {
    await platform.close();
  });

  it("tells where it is", () => {
    assert.equal(textAt(platform.outputs["gateway"], "url"), url);
  });

  it("lets the first admin in, by the stack's register token, and nobody without a token", async () => {
    assert.equal((await api.call("GET", "/v1/whoami")).status, 401);
    const me = await api.ok("GET", "/v1/whoami", { token: admin.accessToken });
    assert.equal(textAt(me, "role"), "admin");
    // A retry is answered as the call was; it makes no second admin.
    assert.equal((await api.register(registerToken())).family, textAt(me, "family"));
  });

  it("takes a user from the register token to the revoked one", async () => {
    const user = await api.join(admin, "ann", "user");
    const next = await api.refresh(user);
    const me = await api.ok("GET", "/v1/whoami", { token: next.accessToken });
    assert.deepEqual([textAt(me, "name"), textAt(me, "role")], ["ann", "user"]);
    const refused = await api.call("GET", "/v1/audit", { token: next.accessToken });
    assert.equal(textAt(refused.body, "code"), "forbidden");
    const family = textAt(me, "family") ?? "";
    await api.ok("DELETE", `/v1/tokens/${family}`, { token: admin.accessToken });
    const revoked = await api.call("GET", "/v1/whoami", { token: next.accessToken });
    assert.equal(textAt(revoked.body, "code"), "token-revoked");
  });

  it("accepts the service account that the stack lists, for its audience, and no other", async () => {
    const whoami = async (namespace: string, name: string, audience: string): Promise<ApiAnswer> => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const spec = { audiences: [audience] };
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
      const token = textAt(await platform.kube.request("POST", path, { body }), "status", "token") ?? "";
      return api.call("GET", "/v1/whoami", { token });
    };
    assert.deepEqual((await whoami("default", "default", "spark-platform")).body, {
      name: "system:serviceaccount:default:default",
      role: "user",
      family: null,
      namespaces: [team],
    });
    for (const [namespace, name, audience] of [
      ["default", "default", "another"],
      ["kube-public", "default", "spark-platform"],
      [team, "spark", "spark-platform"],
    ] as const) {
      const { status, body } = await whoami(namespace, name, audience);
      assert.deepEqual([status, textAt(body, "code")], [401, "token-invalid"], `${namespace}/${name}`);
    }
  });

  it("keeps what it knows over a restart", async () => {
    const user = await api.join(admin, "bob", "user");
    await restart(platform.kube, gatewayPods);
    const me = await api.ok("GET", "/v1/whoami", { token: user.accessToken });
    assert.equal(textAt(me, "name"), "bob");
  });

  it("speaks TLS 1.2 and 1.3, and nothing older", async () => {
    assert.equal(await client.version(url, "TLSv1.3"), "TLSv1.3");
    assert.equal(await client.version(url, "TLSv1.2"), "TLSv1.2");
    await assert.rejects(client.version(url, "TLSv1.1"));
  });

  describe("on a PostgreSQL", () => {
    const pods = (): Promise<readonly Fields[]> =>
      platform.kube.list("v1", "Pod", { namespace: gatewayPods.namespace });
    const names = async (): Promise<readonly string[]> =>
      (await pods())
        .filter((pod) => condition(pod, "Ready")?.status === "True")
        .map((pod) => textAt(pod, "metadata", "name") ?? "");

    before(async () => {
      await startOwnDatabase(platform.kube);
      const database = { kind: "postgres", url: ownDatabaseUrl };
      await platform.up({}, { gateway: { secret: { ...exposure, database } } });
      admin = await api.register(registerToken());
    });
    after(async () => {
      await stopOwnDatabase(platform.kube);
    });

    it("answers every request while one of two pods goes", async () => {
      // The autoscaler brings the second.
      const gone = await until("two pods", 120_000, async () => {
        const [first, ...more] = await names();
        return first !== undefined && more.length === 1
          ? { done: first }
          : { waiting: `${more.length} more than the first` };
      });
      let answers = 0;
      await platform.kube.remove({
        apiVersion: "v1",
        kind: "Pod",
        namespace: gatewayPods.namespace,
        name: gone,
      });
      await until("another pod in its place", 120_000, async () => {
        for (let each = 0; each < 20; each++) {
          await api.ok("GET", "/v1/whoami", { token: admin.accessToken });
          answers++;
        }
        const now = await pods();
        const left = now.map((pod) => textAt(pod, "metadata", "name") ?? "");
        const ready = await names();
        const done = ready.length === 2 && !left.includes(gone);
        return done ? { done: undefined } : { waiting: left.join(" ") };
      });
      report(`${answers} requests answered while a pod went`);
    });
  });
});
