import assert from "node:assert/strict";

import { sql } from "kysely";

import { isSparkIdOf } from "../../src/jobs/spark-runs.ts";
import { openStore } from "../../src/store/store.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

testOnStores("an older store's Spark ids are kept, but those of two applications", async (context, kind) => {
  const location = await newLocation(context, kind);
  const before = await openStore(location, () => undefined);
  for (const [id, spark_id, created_at] of [
    ["a", "spark-1", 1],
    ["b", "spark-2", 1],
    ["c", "spark-2", 1],
    ["waits", null, null],
  ] as const)
    await addApplication(before, { id, spark_id, created_at });
  await sql`drop table spark_runs`.execute(before.db);
  for (const table of ["register_tokens", "families"])
    await before.db.schema.alterTable(table).dropColumn("namespaces").execute();
  await sql`delete from kysely_migration where name >= '0005'`.execute(before.db);
  await before.close();
  const { db } = await open(context, location);
  const rows = await db
    .selectFrom("applications")
    .select(["id", "spark_id", "manifest"])
    .orderBy("id")
    .execute();
  assert.deepEqual(
    rows.map(({ id, spark_id, manifest }) => [id, spark_id, manifest === "{}"]),
    [
      ["a", "spark-1", true],
      ["b", null, true],
      ["c", null, true],
      ["waits", null, false],
    ],
  );
  assert.ok(await isSparkIdOf(db, "spark-1", "a"));
  assert.equal(await isSparkIdOf(db, "spark-2", "b"), false);
});
