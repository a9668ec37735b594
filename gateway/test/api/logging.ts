import assert from "node:assert/strict";
import { test } from "node:test";

import { textAt } from "../../../local/kube/json.ts";
import { scrub } from "../../src/logging.ts";
import { mintToken } from "../../src/tokens/token.ts";
import { firstAdmin, newRegisterToken, pairOf, refreshed, startGateway } from "../support/gateway.ts";

test("no token gets into the log, wherever a client puts it and whatever fails", async (context) => {
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) =>
      void v1.post("/fault", { config: { access: { action: "health:read" } } }, (request) => {
        request.log.info(
          { body: request.body, headers: request.headers, url: request.url },
          "as careless as can be",
        );
        throw new Error(`cannot work with ${JSON.stringify(request.body)}`, { cause: request.headers });
      }),
  });
  const { call } = gateway;
  const admin = await firstAdmin(gateway);
  const registerToken = await newRegisterToken(gateway, admin.accessToken, { clientName: "alice" });
  const alice = pairOf(await call("POST", "/v1/tokens/register", { body: { registerToken } }));
  const next = await refreshed(gateway, alice.refreshToken);
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl";
  const unknown = mintToken("access");
  const tokens = [
    ...[admin, alice, next].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    registerToken,
    jwt,
    unknown,
  ];
  for (const token of tokens) {
    const bodies = [
      { refreshToken: token },
      { registerToken: token },
      { [token]: 1 },
      `{"refreshToken": "${token}`,
    ];
    for (const body of bodies) await call("POST", "/v1/tokens/refresh", { body });
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer  ${token}` },
      { authorization: token },
      { "x-request-id": token },
      { cookie: `token=${token}` },
    ]) {
      await call("GET", "/v1/whoami", { headers });
      await call("POST", `/v1/fault?token=${token}`, { headers, body: { token } });
    }
    for (const url of [
      `/v1/tokens?cursor=${token}`,
      `/v1/${token}`,
      `/${token}?a=${token}`,
      `/v1/tokens/${token}`,
    ]) {
      await call("DELETE", url, { token: alice.accessToken });
      await call("GET", url, { token: alice.accessToken });
    }
  }
  const log = gateway.log.join("");
  assert.ok(
    log.includes("as careless as can be") && log.includes("cannot work with"),
    "the careless route was logged",
  );
  for (const token of tokens) {
    const secret = token.replace(/^spt_..._/, "");
    assert.ok(
      !log.includes(secret),
      log.split("\n").find((line) => line.includes(secret)),
    );
  }
  const audit = JSON.stringify(await gateway.store.db.selectFrom("audit").selectAll().execute());
  for (const token of tokens) assert.ok(!audit.includes(token));
});

test("a line of the log keeps all but the tokens", () => {
  const token = mintToken("refresh");
  const line = JSON.stringify({ msg: `got ${token}, and more`, authorization: "Bearer abc.def", id: "spt" });
  assert.deepEqual(JSON.parse(scrub(line)), {
    msg: "got spt_ref_[redacted], and more",
    authorization: "Bearer [redacted]",
    id: "spt",
  });
});

test("a request is one line, with its id, its route, its status and who called", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const admin = await firstAdmin(gateway);
  const { headers } = await gateway.call("GET", "/v1/tokens?limit=3", { token: admin.accessToken });
  const lines = gateway.log.filter((line) => line.includes(String(headers["x-request-id"])));
  assert.equal(lines.length, 1);
  const fields: unknown = JSON.parse(lines[0] ?? "");
  assert.deepEqual(
    ["level", "method", "route", "subject", "msg"].map((field) => textAt(fields, field)),
    ["info", "GET", "/v1/tokens", "admin", "answered"],
  );
});
