import assert from "node:assert/strict";
import { test } from "node:test";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { fromColumn, toNamespaces } from "../../src/tokens/token-namespaces.ts";
import { firstAdmin, newClient, refreshed, refusedWith, startGateway } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { testOnStores } from "../support/stores.ts";

const platform = samplePlatform();
const registerTokens = "/v1/tokens/register-tokens";

testOnStores(
  "a limit to namespaces goes from the register token to all that follow",
  async (context, kind) => {
    const gateway = await startGateway(context, kind, { platform });
    const limited = await newClient(gateway, "alice", "user", ["team-b"]);
    const open = await newClient(gateway, "bob", "user");
    const namespacesOf = async (token: string): Promise<unknown> =>
      at((await gateway.call("GET", "/v1/whoami", { token })).body, "namespaces");
    assert.deepEqual(await namespacesOf(limited.accessToken), ["team-b"]);
    const next = await refreshed(gateway, limited.refreshToken);
    assert.deepEqual(await namespacesOf(next.accessToken), ["team-b"]);
    assert.equal(await namespacesOf((await refreshed(gateway, open.refreshToken)).accessToken), null);
    const { accessToken: token } = await firstAdmin(gateway);
    for (const url of ["/v1/tokens", registerTokens]) {
      const { body } = await gateway.call("GET", url, { token });
      const found = listAt(body, "items").map((item) => [textAt(item, "clientName"), at(item, "namespaces")]);
      assert.deepEqual(Object.fromEntries(found.map(([name, own]) => [String(name), own])), {
        admin: null,
        alice: ["team-b"],
        bob: null,
      });
    }
    const events = await gateway.store.db
      .selectFrom("audit")
      .select("detail")
      .where("action", "=", "register-tokens:create")
      .orderBy("id")
      .execute();
    assert.deepEqual(
      events.map(({ detail }) => detail),
      ["user alice team-b", "user bob"],
    );
  },
);

test("an admin of some namespaces makes no tokens, and sees no others'", async (context) => {
  const gateway = await startGateway(context, "sqlite", { platform });
  const { accessToken: token } = await newClient(gateway, "root-b", "admin", ["team-a", "team-b"]);
  const made = await gateway.call("POST", registerTokens, {
    token,
    body: { clientName: "eve", role: "admin" },
  });
  refusedWith(made, "forbidden");
  const { body } = await gateway.call("GET", "/v1/tokens", { token });
  assert.deepEqual(
    listAt(body, "items").map((item) => textAt(item, "clientName")),
    ["root-b"],
  );
});

test("only namespaces that there are make a limit", async (context) => {
  const gateway = await startGateway(context, "sqlite", { platform });
  const { accessToken: token } = await firstAdmin(gateway);
  const problemsWith = async (namespaces: unknown): Promise<readonly unknown[]> => {
    const body = { clientName: "alice", namespaces };
    const answer = await gateway.call("POST", registerTokens, { token, body });
    refusedWith(answer, "invalid-input");
    return listAt(answer.body, "violations");
  };
  assert.deepEqual(await problemsWith(["team-a", "team-z", "__proto__"]), [
    {
      path: "namespaces[1]",
      problem: '"team-z" is not a namespace of this platform\'s jobs',
      expected: 'one of "team-a", "team-b"',
    },
    {
      path: "namespaces[2]",
      problem: '"__proto__" is not a namespace of this platform\'s jobs',
      expected: 'one of "team-a", "team-b"',
    },
  ]);
  for (const wrong of [[], "team-a", [1], {}]) assert.equal((await problemsWith(wrong)).length, 1);
  const alone = await startGateway(context, "sqlite");
  const body = { clientName: "alice", namespaces: ["team-a"] };
  const { accessToken } = await firstAdmin(alone);
  refusedWith(await alone.call("POST", registerTokens, { token: accessToken, body }), "invalid-input");
});

test("a limit that cannot be read is no freedom", () => {
  assert.equal(toNamespaces(null), "all");
  assert.deepEqual(fromColumn('["team-a"]'), ["team-a"]);
  for (const broken of ["", "null", "{}", "team-a", '"all"', "[1]"])
    assert.throws(() => toNamespaces(broken), broken);
});
