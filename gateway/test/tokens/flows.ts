import assert from "node:assert/strict";

import { at, listAt, textAt } from "../../../test/support/kube-json.ts";
import { dayMs } from "../../src/clock.ts";
import { bootstrap } from "../../src/tokens/bootstrap.ts";
import { prune } from "../../src/tokens/prune.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import {
  firstAdmin,
  graceMs,
  newClient,
  newRegisterToken,
  pairOf,
  refreshed,
  refusedWith,
  startGateway,
  type Answer,
  type TestGateway,
} from "../support/gateway.ts";
import { testOnStores } from "../support/stores.ts";

const register = ({ call }: TestGateway, registerToken: string): Promise<Answer> =>
  call("POST", "/v1/tokens/register", { body: { registerToken } });
const refresh = ({ call }: TestGateway, refreshToken: string): Promise<Answer> =>
  call("POST", "/v1/tokens/refresh", { body: { refreshToken } });
const whoami = ({ call }: TestGateway, token: string): Promise<Answer> =>
  call("GET", "/v1/whoami", { token });

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

testOnStores(
  "pages hold every entry once, newest first, whatever is added meanwhile",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const { accessToken: token } = await firstAdmin(gateway);
    const made: string[] = [];
    for (let count = 0; count < 7; count++) {
      // Some share a moment, so that the order within it matters.
      gateway.clock.now += count % 3 === 0 ? 1000 : 0;
      made.push((await newClient(gateway, "alice", "user")).family);
    }
    for (const [url, field] of [
      ["/v1/tokens", "id"],
      ["/v1/tokens/register-tokens", "id"],
      ["/v1/audit", "requestId"],
    ] as const) {
      const whole = await gateway.call("GET", `${url}?limit=200`, { token });
      const expected = listAt(whole.body, "items").map((item) => textAt(item, field));
      const seen: (string | undefined)[] = [];
      let cursor: string | undefined;
      do {
        const query: string = cursor === undefined ? "?limit=2" : `?limit=2&cursor=${cursor}`;
        const page = await gateway.call("GET", url + query, { token });
        assert.equal(page.status, 200, JSON.stringify(page.body));
        seen.push(...listAt(page.body, "items").map((item) => textAt(item, field)));
        cursor = textAt(page.body, "nextCursor");
        gateway.clock.now += 1000;
        await newClient(gateway, "late", "user");
      } while (cursor !== undefined);
      const known = seen.filter((id) => expected.includes(id));
      assert.deepEqual(known, expected, url);
      assert.equal(new Set(seen).size, seen.length, "none twice");
    }
    assert.equal(new Set(made).size, 7);
  },
);

testOnStores(
  "the stack's own register token makes the first admin, once, and only while the stack names it",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const [first, second, third] = [mintToken("register"), mintToken("register"), mintToken("register")];
    await bootstrap(gateway.tokens, hashToken(first));
    await bootstrap(gateway.tokens, hashToken(first));
    const admin = pairOf(await register(gateway, first));
    assert.equal(textAt((await whoami(gateway, admin.accessToken)).body, "role"), "admin");
    gateway.clock.now += graceMs + 1;
    await bootstrap(gateway.tokens, hashToken(first));
    refusedWith(await register(gateway, first), "register-token-used");
    await bootstrap(gateway.tokens, hashToken(second));
    await bootstrap(gateway.tokens, hashToken(third));
    refusedWith(await register(gateway, second), "token-revoked");
    pairOf(await register(gateway, third));
    assert.equal((await whoami(gateway, admin.accessToken)).status, 200, "admins stay what they are");
    await bootstrap(gateway.tokens, undefined);
  },
);

testOnStores(
  "every call leaves a record, of who did what to which and what became of it",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const admin = await firstAdmin(gateway);
    const alice = await newClient(gateway, "alice", "user");
    const token = alice.accessToken;
    const { body: before } = await gateway.call("GET", "/v1/audit?limit=1", { token: admin.accessToken });
    const last = Number(at(listAt(before, "items")[0], "id"));
    await refresh(gateway, alice.refreshToken);
    await refresh(gateway, alice.refreshToken);
    await gateway.call("GET", "/v1/tokens", { token });
    await gateway.call("GET", "/v1/audit", { token });
    await gateway.call("POST", "/v1/tokens/register-tokens", { token, body: {} });
    await gateway.call("DELETE", `/v1/tokens/${admin.family}`, { token });
    await gateway.call("DELETE", `/v1/tokens/${alice.family}`, { token });
    await whoami(gateway, token);
    await gateway.call("GET", "/v1/whoami");
    const { body } = await gateway.call("GET", "/v1/audit", { token: admin.accessToken });
    const events = listAt(body, "items")
      .filter((item) => Number(at(item, "id")) > last)
      .map((item) =>
        ["actor", "action", "outcome", "code", "target", "detail"].map((field) => at(item, field)),
      );
    assert.deepEqual(events.reverse(), [
      ["alice", "tokens:refresh", "allowed", null, alice.family, "rotated"],
      ["alice", "tokens:refresh", "allowed", null, alice.family, "repeated"],
      ["alice", "families:list", "allowed", null, null, null],
      ["alice", "audit:list", "refused", "forbidden", null, null],
      ["alice", "register-tokens:create", "refused", "forbidden", null, null],
      ["alice", "families:revoke", "refused", "not-found", null, null],
      ["alice", "families:revoke", "allowed", null, alice.family, "families: 1, register tokens: 0"],
      [null, "whoami:read", "refused", "token-revoked", alice.family, null],
      [null, "whoami:read", "refused", "not-authenticated", null, null],
      ["admin", "audit:list", "allowed", null, null, null],
    ]);
  },
);

testOnStores(
  "a token that seems to be from the future is refused until it is refreshed",
  async (context, kind) => {
    const gateway = await startGateway(context, kind);
    const alice = await newClient(gateway, "alice", "user");
    gateway.clock.now += 365 * 86_400_000;
    const { accessToken: admin } = await firstAdmin(gateway);
    assert.equal((await whoami(gateway, admin)).status, 200);
    refusedWith(await refresh(gateway, alice.refreshToken), "token-expired");
    gateway.clock.now -= 365 * 86_400_000;
    refusedWith(await whoami(gateway, admin), "token-expired");
    const again = await refreshed(gateway, alice.refreshToken);
    assert.equal((await whoami(gateway, again.accessToken)).status, 200, "what was not used goes on");
    gateway.clock.now -= 59_000;
    assert.equal((await whoami(gateway, again.accessToken)).status, 200, "clocks may be a little apart");
  },
);

testOnStores("an admin who is just revoked makes no more register tokens", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const root = await firstAdmin(gateway);
  const other = await newClient(gateway, "other", "admin");
  const url = `/v1/tokens/${other.family}?cascade=true`;
  const make = (): Promise<Answer> =>
    gateway.call("POST", "/v1/tokens/register-tokens", {
      token: other.accessToken,
      body: { clientName: "late" },
    });
  const answers = await Promise.all([
    make(),
    make(),
    gateway.call("DELETE", url, { token: root.accessToken }),
    make(),
    make(),
  ]);
  assert.equal(answers[2].status, 200, JSON.stringify(answers[2].body));
  for (const answer of answers) {
    const registerToken = textAt(answer.body, "registerToken");
    if (registerToken !== undefined) refusedWith(await register(gateway, registerToken), "token-revoked");
  }
});

testOnStores("the audit log is kept for as long as it is told to, and no longer", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const { accessToken: token } = await firstAdmin(gateway);
  const events = async (): Promise<number> =>
    (await gateway.store.db.selectFrom("audit").select("id").execute()).length;
  await whoami(gateway, token);
  gateway.clock.now += dayMs;
  refusedWith(await whoami(gateway, token), "token-expired");
  assert.equal(await events(), 3);
  gateway.clock.now += 2 * dayMs;
  await prune(gateway.tokens, 2 * dayMs);
  assert.equal(await events(), 1, "what is just as old as that stays");
  gateway.clock.now += 1;
  await prune(gateway.tokens, 2 * dayMs);
  assert.equal(await events(), 0);
});
