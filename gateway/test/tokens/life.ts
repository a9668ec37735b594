import assert from "node:assert/strict";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { dayMs } from "../../src/clock.ts";
import { bootstrap } from "../../src/tokens/bootstrap.ts";
import { prune } from "../../src/tokens/prune.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import {
  firstAdmin,
  graceMs,
  newClient,
  pairOf,
  refreshed,
  refusedWith,
  startGateway,
  type Answer,
} from "../support/gateway.ts";
import { testOnStores } from "../support/stores.ts";
import { refresh, register, whoami } from "../support/token-calls.ts";

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
