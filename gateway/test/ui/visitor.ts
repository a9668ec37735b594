import assert from "node:assert/strict";
import { test } from "node:test";

import type { Store } from "../../src/store/store.ts";
import { addClient } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";
import { addApplication, entrance, issuer, run, startScene, type Given, type Scene } from "./scene.ts";

const bob = "bob@example.test";

async function statusOf({ visit }: Scene, given?: Given, path = `${entrance}/jobs/`): Promise<number> {
  return (await visit(path, given)).statusCode;
}

async function links({ db }: Store): Promise<unknown[]> {
  const rows = await db
    .selectFrom("identities")
    .select(["subject", "client_name"])
    .orderBy("client_name")
    .execute();
  // SQLite's have no prototype.
  return rows.map((row) => ({ ...row }));
}

testOnStores("an address that its issuer did not verify is nobody's", async (context, kind) => {
  const scene = await startScene(context, { kind });
  const admin = { groups: "platform" };
  for (const verified of [undefined, "", "false", "TRUE", "1", "true,true", "[true]"]) {
    assert.equal(await statusOf(scene, { verified }), 403, verified);
    assert.equal(await statusOf(scene, { verified, ...admin }), 403, verified);
  }
  assert.deepEqual(await links(scene.store), []);
  assert.equal(await statusOf(scene), 200);
});

testOnStores("where the stack says so, no word is enough, and a no remains a no", async (context, kind) => {
  const scene = await startScene(context, { kind, skipEmailVerified: true });
  for (const verified of ["", "false"]) assert.equal(await statusOf(scene, { verified }), 403, verified);
  assert.equal(await statusOf(scene, { verified: undefined }), 200);
});

test("nobody is who the front door names no subject or no address of", async (context) => {
  const scene = await startScene(context, { skipEmailVerified: true });
  for (const given of [{ user: "" }, { email: "" }] as const)
    assert.equal(await statusOf(scene, { ...given, groups: "platform" }), 403, JSON.stringify(given));
});

testOnStores(
  "a client is the person who came first with its address, whoever has the address later",
  async (context, kind) => {
    const scene = await startScene(context, { kind });
    assert.equal(await statusOf(scene), 200);
    const subject = "id-of-alice@example.test";
    assert.deepEqual(await links(scene.store), [{ subject, client_name: "alice@example.test" }]);
    // The address is somebody else's now, and alice has another one.
    assert.equal(await statusOf(scene, { user: "a-later-alice" }), 403);
    assert.equal(await statusOf(scene, { user: subject, email: "alice.b@example.test" }), 200);
    // Also where that one is another client's name.
    await addClient(scene.store, bob);
    await addApplication(scene.store, "bobs", bob, { state: "QUEUED" });
    const bobs = "/ui/team-a/bobs/";
    assert.equal(await statusOf(scene, { user: subject, email: bob }), 200);
    assert.equal(await statusOf(scene, { user: subject, email: bob }, bobs), 403);
    assert.equal(await statusOf(scene, { email: bob }, bobs), 404);
    assert.equal((await links(scene.store)).length, 2);
    const events = await scene.store.db
      .selectFrom("audit")
      .select(["action", "target", "detail"])
      .orderBy("id")
      .execute();
    assert.deepEqual(
      events.map((event) => ({ ...event })),
      [
        { action: "identities:create", target: "alice@example.test", detail: `${issuer} ${subject}` },
        { action: "identities:create", target: bob, detail: `${issuer} id-of-${bob}` },
      ],
    );
  },
);

testOnStores("many first requests at once make one link", async (context, kind) => {
  const scene = await startScene(context, { kind });
  const people = ["one", "two", "three"];
  const requests = Array.from({ length: 12 }, (_, index) => people[index % people.length] ?? "");
  const statuses = await Promise.all(
    requests.map(async (user) => [user, await statusOf(scene, { user })] as const),
  );
  const [linked] = await links(scene.store);
  assert.equal((await links(scene.store)).length, 1);
  for (const [user, status] of statuses)
    assert.equal(
      status,
      JSON.stringify(linked) === JSON.stringify({ subject: user, client_name: "alice@example.test" })
        ? 200
        : 403,
      user,
    );
});

testOnStores("only a client with tokens that are good is linked", async (context, kind) => {
  const scene = await startScene(context, { kind });
  scene.clock.now = 1_000_000;
  await addClient(scene.store, "revoked@example.test", { revoked_at: 1, revoked_because: "request" });
  await addClient(scene.store, "expired@example.test", { expires_at: 999_999 });
  for (const [index, name] of ["revoked", "expired", "unknown", "ålice", "Kelvin"].entries()) {
    const email = `${name}@example.test`;
    await addApplication(scene.store, `of-${index}`, email, { state: "QUEUED" });
    assert.equal(await statusOf(scene, { email }, `/ui/team-a/of-${index}/`), 403, name);
  }
  assert.deepEqual(await links(scene.store), []);
});

test("an admin of the group needs no link, and owns nothing by the address", async (context) => {
  const scene = await startScene(context);
  run(scene.fake, "nightly");
  const root = { email: "root@example.test", groups: "data,platform" };
  assert.equal(await statusOf(scene, root), 200);
  assert.equal(await statusOf(scene, root, "/ui/team-a/nightly/"), 200);
  assert.equal(await statusOf(scene, { email: root.email }), 403);
  assert.deepEqual(await links(scene.store), []);
});
