import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { Kysely, sql } from "kysely";
import pg from "pg";

import { record } from "../../src/audit/audit.ts";
import { storeTrouble } from "../../src/store/errors.ts";
import { migrate } from "../../src/store/migrate.ts";
import { NodeSqliteDialect } from "../../src/store/sqlite.ts";
import { openSqlite, openStore } from "../../src/store/store.ts";
import type { Tables } from "../../src/store/tables.ts";
import {
  firstAdmin,
  gatewayOn,
  newClient,
  pairOf,
  refreshed,
  refusedWith,
  startGateway,
} from "../support/gateway.ts";
import { postgresIsMissing } from "../support/postgres.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

const skip = postgresIsMissing ?? false;

testOnStores("what is stored outlives a restart", async (context, kind) => {
  const location = await newLocation(context, kind);
  const first = await openStore(location, () => undefined);
  const before = await gatewayOn(context, first);
  const alice = await newClient(before, "alice", "user");
  await before.app.close();
  await first.close();
  const after = await gatewayOn(context, await open(context, location));
  assert.equal((await after.call("GET", "/v1/whoami", { token: alice.accessToken })).status, 200);
  await refreshed(after, alice.refreshToken);
});

testOnStores("only hashes are at rest: no token is anywhere in the tables", async (context, kind) => {
  const gateway = await startGateway(context, kind);
  const alice = await newClient(gateway, "alice", "user");
  await refreshed(gateway, alice.refreshToken);
  const { db } = gateway.store;
  const rows = await Promise.all([
    db.selectFrom("register_tokens").selectAll().execute(),
    db.selectFrom("families").selectAll().execute(),
    db.selectFrom("refresh_tokens").selectAll().execute(),
    db.selectFrom("access_tokens").selectAll().execute(),
    db.selectFrom("audit").selectAll().execute(),
  ]);
  assert.ok(rows.every((table) => table.length > 0));
  assert.doesNotMatch(JSON.stringify(rows), /spt_/);
});

testOnStores("a store that a newer gateway has changed is refused", async (context, kind) => {
  const location = await newLocation(context, kind);
  const store = await openStore(location, () => undefined);
  await sql`insert into kysely_migration values ('9999-later', '2030-01-01')`.execute(store.db);
  await store.close();
  await assert.rejects(
    openStore(location, () => undefined),
    (error: Error) =>
      error.message.startsWith("the store's tables") && String(error.cause).includes("9999-later"),
  );
});

test("gateways that start at once on an empty PostgreSQL make its tables once", { skip }, async (context) => {
  const location = await newLocation(context, "postgres");
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(context, location)));
  for (const store of stores) await store.ping();
});

test("a migration that fails midway leaves nothing behind", async () => {
  const database = new DatabaseSync(":memory:");
  // In the way of the last table.
  database.exec("create table audit (id integer)");
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
  await assert.rejects(migrate(db, "sqlite"));
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
  const names = tables.map(({ name }) => name);
  assert.ok(!names.includes("register_tokens"), String(names));
  database.exec("drop table audit");
  await migrate(db, "sqlite");
  await db.destroy();
});

test("a commit is on the disk before it is answered, and a reader does not wait for it", async (context) => {
  const location = await newLocation(context, "sqlite");
  assert.ok(location.kind === "sqlite");
  await open(context, location);
  const database = new DatabaseSync(location.file);
  context.after(() => {
    database.close();
  });
  assert.deepEqual({ ...database.prepare("pragma journal_mode").get() }, { journal_mode: "wal" });
  const folder = mkdtempSync(join(tmpdir(), "gateway-pragma-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  const own = new DatabaseSync(join(folder, "own.sqlite"));
  const store = await openSqlite(own);
  assert.deepEqual({ ...own.prepare("pragma synchronous").get() }, { synchronous: 2 });
  await store.close();
});

test("a full disk refuses with store-full, loses nothing, and all goes on when there is space", async (context) => {
  const database = new DatabaseSync(":memory:");
  const store = await openSqlite(database);
  context.after(() => store.close());
  const gateway = await gatewayOn(context, store);
  const alice = await newClient(gateway, "alice", "user");
  const admin = await firstAdmin(gateway);
  const pages = (): number => Number(Object.values(database.prepare("pragma page_count").get() ?? {})[0]);
  const atMost = (count: number): void => {
    database.exec(`pragma max_page_count = ${count}`);
  };
  // Fills what is left of the pages there are; then every write of some size fails.
  atMost(pages());
  const call = { requestId: "filler", address: "test", subject: undefined };
  await assert.rejects(async () => {
    for (;;)
      await record(store.db, 0, call, { action: "audit:list", outcome: "allowed", detail: "x".repeat(500) });
  }, /full/);
  let token = alice.refreshToken;
  let refusals = 0;
  // Some writes still fit: whichever step fails, the token that was presented stays good.
  for (let count = 0; count < 20; count++) {
    const answer = await gateway.call("POST", "/v1/tokens/refresh", { body: { refreshToken: token } });
    if (answer.status === 200) token = pairOf(answer).refreshToken;
    else {
      refusedWith(answer, "store-full");
      assert.equal(answer.headers["retry-after"], "5");
      refusals += 1;
    }
  }
  assert.ok(refusals > 0);
  const unrecorded = await gateway.call("GET", "/v1/tokens", { token: admin.accessToken });
  refusedWith(unrecorded, "store-full");
  atMost(1_000_000);
  const next = await refreshed(gateway, token);
  assert.equal((await gateway.call("GET", "/v1/whoami", { token: next.accessToken })).status, 200);
});

test(
  "a PostgreSQL that is gone is a problem of its own, and the gateway is not ready",
  { skip },
  async (context) => {
    const location = await newLocation(context, "postgres");
    assert.ok(location.kind === "postgres");
    // The server's socket by a way of the gateway's own, which the test can cut.
    const folder = mkdtempSync(join(tmpdir(), "gateway-way-"));
    context.after(() => {
      rmSync(folder, { recursive: true });
    });
    const way = join(folder, "way");
    const url = new URL(location.url);
    const socket = url.searchParams.get("host") ?? "";
    symlinkSync(socket, way);
    url.searchParams.set("host", way);
    const gateway = await gatewayOn(context, await open(context, { kind: "postgres", url: url.href }));
    const { accessToken: token } = await newClient(gateway, "alice", "user");
    unlinkSync(way);
    await endConnections(location.url);
    refusedWith(await gateway.call("GET", "/readyz"), "store-unavailable");
    refusedWith(await gateway.call("GET", "/v1/whoami", { token }), "store-unavailable");
    assert.equal((await gateway.call("GET", "/healthz")).status, 200);
    symlinkSync(socket, way);
    assert.equal((await gateway.call("GET", "/readyz")).status, 200);
    assert.equal((await gateway.call("GET", "/v1/whoami", { token })).status, 200);
  },
);

test("an SQLite that somebody else keeps locked is a problem of its own", async (context) => {
  const location = await newLocation(context, "sqlite");
  assert.ok(location.kind === "sqlite");
  const gateway = await gatewayOn(context, await open(context, location));
  await sql`pragma busy_timeout = 50`.execute(gateway.store.db);
  const { refreshToken } = await newClient(gateway, "alice", "user");
  const holder = new DatabaseSync(location.file);
  context.after(() => {
    holder.close();
  });
  holder.exec("begin immediate");
  const answer = await gateway.call("POST", "/v1/tokens/refresh", { body: { refreshToken } });
  refusedWith(answer, "store-unavailable");
  holder.exec("rollback");
  await refreshed(gateway, refreshToken);
});

test("a transaction on SQLite has the write lock from its beginning, so that none is refused midway", async (context) => {
  const location = await newLocation(context, "sqlite");
  const store = await open(context, location);
  const other = await open(context, location);
  await sql`pragma busy_timeout = 50`.execute(other.db);
  const write = sql`insert into kysely_migration values ('x', 'y')`;
  await store.db.transaction().execute(async (transaction) => {
    await transaction.selectFrom("audit").select("id").execute();
    await assert.rejects(write.execute(other.db), /locked/);
    await write.execute(transaction);
  });
});

test("troubles of the stores are told by their codes, and other errors are not theirs", () => {
  const error = (fields: object): Error => Object.assign(new Error("x"), fields);
  const sqlite = (errcode: number): Error => error({ code: "ERR_SQLITE_ERROR", errcode });
  assert.equal(storeTrouble(sqlite(13)), "store-full");
  for (const code of [5, 261, 10, 778, 8, 14]) assert.equal(storeTrouble(sqlite(code)), "store-unavailable");
  assert.equal(storeTrouble(sqlite(19)), undefined, "a broken constraint is a fault of ours");
  assert.equal(storeTrouble(error({ code: "53100" })), "store-full");
  for (const code of ["08006", "40P01", "53300", "57P01", "57014", "25006", "ECONNREFUSED", "ENOTFOUND"]) {
    assert.equal(storeTrouble(error({ code })), "store-unavailable", code);
  }
  for (const code of ["42601", "23505", "ERR_INVALID_ARG_TYPE", "EXDEV"]) {
    assert.equal(storeTrouble(error({ code })), undefined, code);
  }
  assert.equal(storeTrouble(new Error("Connection terminated unexpectedly")), "store-unavailable");
  assert.equal(storeTrouble("53100"), undefined);
});

/** Ends all connections to a database, and waits until they have ended. */
async function endConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await client.end();
}
