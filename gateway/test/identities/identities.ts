import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { clientOf } from "../../src/identities/identities.ts";
import {
  firstAdmin,
  gatewayOn,
  newClient,
  refusedWith,
  startGateway,
  type TestGateway,
} from "../support/gateway.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

const issuer = "https://login.example.test";
const call = { requestId: "1", address: "10.0.0.1", subject: undefined };

function visit({ store, clock }: TestGateway, subject: string, email: string): Promise<string | undefined> {
  return clientOf(store, { issuer, subject }, email, call, () => clock.now);
}

testOnStores("an admin sees who is linked to whom, and separates the two", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const { accessToken: token } = await firstAdmin(gateway);
  for (const name of ["alice@example.test", "bob@example.test"]) {
    await newClient(gateway, name, "user");
    gateway.clock.now += 1000;
    assert.equal(await visit(gateway, `id-of-${name}`, name.toUpperCase()), name);
  }
  const list = async (query: string): Promise<unknown> =>
    (await gateway.call("GET", `/v1/identities${query}`, { token })).body;
  const bob = {
    clientName: "bob@example.test",
    issuer,
    subject: "id-of-bob@example.test",
    linkedAt: "2026-11-24T00:00:02.000Z",
  };
  const first = await list("?limit=1");
  assert.deepEqual(listAt(first, "items"), [bob]);
  const second = await list(`?limit=1&cursor=${textAt(first, "nextCursor") ?? ""}`);
  assert.deepEqual(
    listAt(second, "items").map((item) => at(item, "clientName")),
    ["alice@example.test"],
  );
  assert.equal(textAt(second, "nextCursor"), undefined);

  const url = "/v1/identities/bob%40example.test";
  const removed = await gateway.call("DELETE", url, { token });
  assert.deepEqual([removed.status, removed.body], [200, bob]);
  refusedWith(await gateway.call("DELETE", url, { token }), "not-found");
  const events = await gateway.store.db
    .selectFrom("audit")
    .select(["actor", "action", "target", "code"])
    .where("action", "like", "identities:%e")
    .orderBy("id")
    .execute();
  assert.deepEqual(
    events.map(({ actor, action, target, code }) => [actor, action, target, code]),
    [
      ["alice@example.test", "identities:create", "alice@example.test", null],
      ["bob@example.test", "identities:create", "bob@example.test", null],
      ["admin", "identities:delete", "bob@example.test", null],
      ["admin", "identities:delete", null, "not-found"],
    ],
  );
  // The client is free for whoever comes next with the address: that is what removing the link is for.
  assert.equal(await visit(gateway, "another-bob", bob.clientName), bob.clientName);
  assert.equal(await visit(gateway, bob.subject, bob.clientName), undefined);
});

test("a subject of another issuer is another person", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  await newClient(gateway, "alice@example.test", "user");
  assert.equal(await visit(gateway, "1", "alice@example.test"), "alice@example.test");
  const elsewhere = { issuer: "https://other.test", subject: "1" };
  const { store, clock } = gateway;
  const client = await clientOf(store, elsewhere, "alice@example.test", call, () => clock.now);
  assert.equal(client, undefined);
});

test("a link that another request makes meanwhile is found", async (context) => {
  const location = await newLocation(context, "sqlite");
  assert.ok(location.kind === "sqlite");
  const { file } = location;
  const gateway = await gatewayOn(context, await open(context, location));
  const name = "alice@example.test";
  await newClient(gateway, name, "user");
  const insert = "insert into identities (issuer, subject, client_name, linked_at) values (?, ?, ?, 0)";
  // The clock is read after the first look, which found nothing.
  const meanwhile = (): number => {
    const other = new DatabaseSync(file);
    other.prepare(insert).run(issuer, "1", name);
    other.close();
    return gateway.clock.now;
  };
  assert.equal(await clientOf(gateway.store, { issuer, subject: "1" }, name, call, meanwhile), name);
  assert.equal(await visit(gateway, "2", name), undefined);
});
