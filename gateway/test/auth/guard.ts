import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { textAt } from "../../../local/kube/json.ts";
import { authorize } from "../../src/auth/authorize.ts";
import { mintToken } from "../../src/tokens/token.ts";
import { firstAdmin, newClient, refusedWith, startGateway } from "../support/gateway.ts";

test("a route that does not declare its access stops the start", async (context) => {
  const start = startGateway(context, "sqlite", {
    routes: (v1) => void v1.get("/open", () => "secrets"),
  });
  await assert.rejects(start, { message: "the route GET /v1/open does not declare its access" });
});

test("a route of an owner's that cannot say what is owned stops the start", async (context) => {
  const start = startGateway(context, "sqlite", {
    routes: (v1) => void v1.get("/mine", { config: { access: { action: "families:revoke" } } }, () => ""),
  });
  await assert.rejects(start, /the route GET \/v1\/mine is its owner's/);
});

test("a route of a namespace that cannot say which one stops the start", async (context) => {
  const access = { action: "applications:submit" } as const;
  const start = startGateway(context, "sqlite", {
    routes: (v1) => void v1.post("/jobs", { config: { access } }, () => ""),
  });
  await assert.rejects(
    start,
    /the route POST \/v1\/jobs acts in a namespace, and does not say how to find it/,
  );
});

test("nobody is let in without a role: authorize says no to whatever is not allowed", () => {
  const subjects = fc.record({
    name: fc.constantFrom("alice", "bob"),
    role: fc.constantFrom("user" as const, "admin" as const),
    family: fc.constant(undefined),
    namespaces: fc.oneof(
      fc.constant("all" as const),
      fc.uniqueArray(fc.constantFrom("team-a", "team-b", "team-c")),
    ),
  });
  fc.assert(
    fc.property(
      subjects,
      fc.option(fc.constantFrom("alice", "bob"), { nil: undefined }),
      fc.constantFrom("team-a", "team-b", undefined),
      (subject, owner, namespace) => {
        const resource = { owner, namespace };
        const everywhere = subject.namespaces === "all";
        const admin = subject.role === "admin" && everywhere;
        assert.equal(authorize(subject, "families:revoke", resource), admin || owner === subject.name);
        assert.equal(authorize(subject, "audit:list", resource), admin);
        assert.equal(authorize(subject, "whoami:read", resource), true);
        assert.equal(authorize(undefined, "families:revoke", resource), false);
        const reaches = subject.namespaces === "all" || subject.namespaces.some((each) => each === namespace);
        assert.equal(authorize(subject, "applications:submit", resource), reaches);
        const isTheirs = owner === subject.name || subject.role === "admin";
        assert.equal(authorize(subject, "logs:read", resource), reaches && isTheirs);
        assert.equal(authorize(subject, "logs:read"), everywhere && subject.role === "admin");
        assert.equal(authorize(undefined, "whoami:read", resource), false);
      },
    ),
  );
});

test("a header that is no good token is refused, each in its way", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const pair = await newClient(gateway, "alice", "user");
  const refused = async (authorization: string, code: string): Promise<string> => {
    const answer = await gateway.call("GET", "/v1/whoami", { headers: { authorization } });
    refusedWith(answer, code);
    assert.match(String(answer.headers["www-authenticate"]), /^Bearer realm="spark-platform", error=/);
    return textAt(answer.body, "detail") ?? "";
  };
  await refused("", "token-invalid");
  await refused("Basic YTpi", "token-invalid");
  await refused(`Bearer ${pair.accessToken} x`, "token-invalid");
  await refused(`Bearer ${mintToken("access")}`, "token-invalid");
  assert.match(await refused(`Bearer ${pair.refreshToken}`, "token-invalid"), /a refresh token/);
  // Without a verifier for them, tokens of service accounts are unknown like any other text.
  await refused("Bearer eyJh.eyJz.c2ln", "token-invalid");
  const none = await gateway.call("GET", "/v1/whoami");
  refusedWith(none, "not-authenticated");
  assert.equal(none.headers["www-authenticate"], 'Bearer realm="spark-platform"');
});

test("a wrong header does not matter where none is needed", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { refreshToken } = await newClient(gateway, "alice", "user");
  const answer = await gateway.call("POST", "/v1/tokens/refresh", {
    token: mintToken("access"),
    body: { refreshToken },
  });
  assert.equal(answer.status, 200);
});

test("an address that sends many unknown tokens hears so, and a good token still works from there", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { accessToken } = await newClient(gateway, "alice", "user");
  const admin = await firstAdmin(gateway);
  const codes = new Set<string | undefined>();
  for (let count = 0; count < 20; count++) {
    const { body } = await gateway.call("GET", "/v1/whoami", { token: mintToken("access") });
    codes.add(textAt(body, "code"));
    const refreshToken = mintToken("refresh");
    codes.add(
      textAt((await gateway.call("POST", "/v1/tokens/refresh", { body: { refreshToken } })).body, "code"),
    );
  }
  assert.deepEqual([...codes], ["token-invalid", "too-many-failures"]);
  const limited = await gateway.call("GET", "/v1/whoami", { token: mintToken("access") });
  refusedWith(limited, "too-many-failures");
  assert.equal(limited.headers["retry-after"], "60");
  assert.equal((await gateway.call("GET", "/v1/whoami", { token: accessToken })).status, 200);
  // Whoever has a token that expired is told that it expired, however many fail there.
  gateway.clock.now += 900_000;
  refusedWith(await gateway.call("GET", "/v1/whoami", { token: accessToken }), "token-expired");
  refusedWith(await gateway.call("GET", "/v1/whoami", { token: admin.accessToken }), "token-expired");
});

test("an address is the proxy's word where the proxy is trusted, and nobody's elsewhere", async (context) => {
  for (const [trustedProxies, expected] of [
    [[], "127.0.0.1"],
    [["127.0.0.0/8"], "192.0.2.7"],
    [["10.0.0.0/8"], "127.0.0.1"],
    [1, "192.0.2.7"],
    [2, "203.0.113.1"],
  ] as const) {
    const gateway = await startGateway(context, "sqlite", { trustedProxies });
    await gateway.call("GET", "/v1/whoami", { headers: { "x-forwarded-for": "203.0.113.1, 192.0.2.7" } });
    const events = await gateway.store.db.selectFrom("audit").select("address").execute();
    assert.deepEqual(
      events.map(({ address }) => address),
      [expected],
    );
  }
});
