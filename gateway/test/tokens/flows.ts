import assert from "node:assert/strict";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { mintToken } from "../../src/tokens/token.ts";
import {
  firstAdmin,
  graceMs,
  newClient,
  newRegisterToken,
  pairOf,
  refreshed,
  refusedWith,
  startGateway,
} from "../support/gateway.ts";
import { testOnStores } from "../support/stores.ts";
import { refresh, register, whoami } from "../support/token-calls.ts";

testOnStores(
  "a client registers, calls, refreshes, and lives as long as its token says",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const admin = await firstAdmin(gateway);
    const registerToken = await newRegisterToken(gateway, admin.accessToken, {
      clientName: "alice",
      accessLifetimeSeconds: 120,
      refreshLifetimeSeconds: 3600,
    });
    const registered = await register(gateway, registerToken);
    assert.equal(registered.status, 201);
    assert.equal(registered.headers["cache-control"], "no-store");
    assert.equal(at(registered.body, "accessExpiresInSeconds"), 120);
    assert.equal(at(registered.body, "refreshExpiresInSeconds"), 3600);
    const first = pairOf(registered);
    assert.deepEqual((await whoami(gateway, first.accessToken)).body, {
      name: "alice",
      role: "user",
      family: first.family,
      namespaces: null,
    });
    gateway.clock.now += 120_000;
    refusedWith(await whoami(gateway, first.accessToken), "token-expired");
    const second = await refreshed(gateway, first.refreshToken);
    assert.equal(second.family, first.family);
    assert.equal((await whoami(gateway, second.accessToken)).status, 200);
    gateway.clock.now += 3_600_000;
    refusedWith(await refresh(gateway, second.refreshToken), "token-expired");
  },
);

testOnStores(
  "a register token is used once, waits as long as it was told to, and can be taken back",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const { accessToken: token } = await firstAdmin(gateway);
    gateway.clock.now += 1000;
    const used = await newRegisterToken(gateway, token, { clientName: "alice" });
    const first = pairOf(await register(gateway, used));
    assert.deepEqual(pairOf(await register(gateway, used)), first, "a retry gets the same");
    gateway.clock.now += graceMs + 1;
    refusedWith(await register(gateway, used), "register-token-used");
    assert.equal((await whoami(gateway, first.accessToken)).status, 200, "and the family lives on");

    const late = await newRegisterToken(gateway, token, { clientName: "bob", expiresInSeconds: 60 });
    gateway.clock.now += 60_000;
    refusedWith(await register(gateway, late), "token-expired");
    const revoked = await newRegisterToken(gateway, token, { clientName: "carol" });
    const { body } = await gateway.call("GET", "/v1/tokens/register-tokens?limit=1", { token });
    const id = textAt(listAt(body, "items")[0], "id") ?? "";
    const gone = await gateway.call("DELETE", `/v1/tokens/register-tokens/${id}`, { token });
    assert.deepEqual(gone.body, { families: 0, registerTokens: 1 });
    refusedWith(await register(gateway, revoked), "token-revoked");
    refusedWith(await register(gateway, mintToken("register")), "token-invalid");
    const list = await gateway.call("GET", "/v1/tokens/register-tokens", { token });
    assert.deepEqual(
      listAt(list.body, "items").map((item) => [textAt(item, "clientName"), textAt(item, "status")]),
      [
        ["carol", "revoked"],
        ["bob", "expired"],
        ["alice", "used"],
        ["admin", "used"],
      ],
    );
  },
);

testOnStores("a stolen refresh token ends the family, of whoever comes second", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const stolen = await newClient(gateway, "alice", "user");
  const thief = await refreshed(gateway, stolen.refreshToken);
  gateway.clock.now += graceMs + 1;
  refusedWith(await refresh(gateway, stolen.refreshToken), "refresh-token-reused");
  refusedWith(await refresh(gateway, thief.refreshToken), "token-revoked");
  refusedWith(await whoami(gateway, thief.accessToken), "token-revoked");
  const { accessToken: token } = await firstAdmin(gateway);
  const { body } = await gateway.call("GET", "/v1/audit", { token });
  const events = listAt(body, "items").map((item) => [
    at(item, "action"),
    at(item, "outcome"),
    at(item, "code"),
  ]);
  assert.ok(
    events.some(([action, , code]) => action === "tokens:refresh" && code === "refresh-token-reused"),
  );
  const revocation = listAt(body, "items").find((item) => at(item, "action") === "families:revoke");
  assert.equal(at(revocation, "target"), stolen.family);
  assert.equal(at(revocation, "detail"), "an old refresh token of alice came back");
  const families = await gateway.call("GET", "/v1/tokens", { token });
  const family = listAt(families.body, "items").find((item) => at(item, "id") === stolen.family);
  assert.deepEqual([at(family, "status"), at(family, "revokedBecause")], ["revoked", "reuse"]);
});

testOnStores("of many who refresh at once in one gateway, all get the same pair", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const { refreshToken } = await newClient(gateway, "alice", "user");
  const answers = await Promise.all(Array.from({ length: 30 }, () => refreshed(gateway, refreshToken)));
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  const [first] = answers;
  assert.ok(first);
  assert.equal((await whoami(gateway, first.accessToken)).status, 200);
});

testOnStores(
  "revoking with cascade ends all that descends from a family, and nothing else",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const root = await firstAdmin(gateway);
    const child = async (
      parent: { accessToken: string },
      clientName: string,
    ): Promise<ReturnType<typeof pairOf>> => {
      const token = await newRegisterToken(gateway, parent.accessToken, { clientName, role: "admin" });
      return pairOf(await register(gateway, token));
    };
    const stolen = await child(root, "stolen");
    const grandchild = await child(stolen, "grandchild");
    const great = await child(grandchild, "great-grandchild");
    const waiting = await newRegisterToken(gateway, grandchild.accessToken, { clientName: "waiting" });
    const bystander = await child(root, "bystander");

    const single = await gateway.call("DELETE", `/v1/tokens/${stolen.family}`, { token: root.accessToken });
    assert.deepEqual(single.body, { families: 1, registerTokens: 0 });
    assert.equal((await whoami(gateway, grandchild.accessToken)).status, 200);
    const url = `/v1/tokens/${stolen.family}?cascade=true`;
    const cascade = await gateway.call("DELETE", url, { token: root.accessToken });
    assert.deepEqual(cascade.body, { families: 2, registerTokens: 1 });
    for (const { accessToken } of [stolen, grandchild, great]) {
      refusedWith(await whoami(gateway, accessToken), "token-revoked");
    }
    refusedWith(await register(gateway, waiting), "token-revoked");
    for (const { accessToken } of [root, bystander])
      assert.equal((await whoami(gateway, accessToken)).status, 200);
    const again = await gateway.call("DELETE", url, { token: root.accessToken });
    assert.deepEqual(again.body, { families: 0, registerTokens: 0 });
  },
);

testOnStores(
  "revoking a register token with cascade ends the family that came of it",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const { accessToken: token } = await firstAdmin(gateway);
    const alice = await newClient(gateway, "alice", "user");
    const { body } = await gateway.call("GET", "/v1/tokens", { token });
    const family = listAt(body, "items").find((item) => at(item, "id") === alice.family);
    const url = `/v1/tokens/register-tokens/${textAt(family, "registerTokenId") ?? ""}`;
    assert.deepEqual((await gateway.call("DELETE", url, { token })).body, { families: 0, registerTokens: 0 });
    assert.equal((await whoami(gateway, alice.accessToken)).status, 200);
    const cascade = await gateway.call("DELETE", `${url}?cascade=true`, { token });
    assert.deepEqual(cascade.body, { families: 1, registerTokens: 0 });
    refusedWith(await whoami(gateway, alice.accessToken), "token-revoked");
  },
);
