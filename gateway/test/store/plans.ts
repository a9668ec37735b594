import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { claimNext, nextTurnAt, queueLength, queuePosition } from "../../src/jobs/queue.ts";
import { toRemove } from "../../src/reconcile/remove-logs.ts";
import { openSqlite, type Store } from "../../src/store/store.ts";
import { samplePlatform } from "../support/job-samples.ts";

const now = Date.UTC(2026, 10, 24);

/** How SQLite goes about what `ask` asks of `applications`. */
async function plansOf(ask: (store: Store) => Promise<unknown>): Promise<readonly string[]> {
  const database = new DatabaseSync(":memory:");
  const asked: string[] = [];
  const prepare = database.prepare.bind(database);
  const store = await openSqlite(database);
  database.prepare = (text) => {
    if (/^select .* from "applications"/.test(text)) asked.push(text);
    return prepare(text);
  };
  await ask(store);
  const plans = asked.map((text) => {
    const details = prepare(`explain query plan ${text}`).all(...[...text.matchAll(/\?/g)].map(() => 0));
    return details.map(({ detail }) => String(detail)).join("; ");
  });
  await store.close();
  return plans;
}

test("deleted applications whose logs are to be removed are found without a look at the others", async () => {
  const plans = await plansOf((store) => toRemove(store, now));
  assert.equal(plans.length, 1);
  assert.match(plans[0] ?? "", /SEARCH applications USING INDEX applications_to_remove \(deleted_at<\?\)/);
});

test("the queue is found without a look at what runs", async () => {
  const { limits } = samplePlatform();
  const [taken, ...queue] = await plansOf(async ({ db }) => {
    await claimNext(db, limits, now);
    await nextTurnAt(db, now);
    await queueLength(db);
    await queuePosition(db, { id: "alice-1", submitted_at: now });
  });
  assert.match(String(taken), /SEARCH applications USING COVERING INDEX applications_by_dispatch/);
  assert.equal(queue.length, 4);
  for (const plan of queue) assert.match(plan, /USING INDEX applications_waiting/);
});
