import assert from "node:assert/strict";
import { test } from "node:test";

import { applicationStates, isFinal, mayFollow } from "../../src/jobs/application.ts";
import { findApplication, recordState, statesOf } from "../../src/jobs/applications-store.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, open, testOnStores } from "../support/stores.ts";

test("nothing follows an end, nothing goes back, and what is being cancelled can only end", () => {
  const pairs = applicationStates.flatMap((from) => applicationStates.map((to) => ({ from, to })));
  for (const { from, to } of pairs) {
    const may = mayFollow(from, to);
    const what = `${from} -> ${to}`;
    if (from === to || isFinal(from) || to === "QUEUED") assert.equal(may, false, what);
    else if (to === "SUBMITTED") assert.equal(may, from === "QUEUED", what);
    else if (from === "CANCELLING") assert.equal(may, isFinal(to), what);
    else assert.equal(may, true, what);
  }
});

testOnStores(
  "a reason that comes, changes or goes in the same state is on the row alone",
  async (context, kind) => {
    const store = await open(context, await newLocation(context, kind));
    const { db } = store;
    await addApplication(store, { id: "a", state: "SUBMITTED" });
    const reasons: (string | null | undefined)[] = [];
    const find = async (state: "PENDING" | "FAILED", reason?: string): Promise<void> => {
      await recordState(db, "a", { state, at: 5, reason, hint: reason && `about ${reason}` });
      const row = await findApplication(db, "a");
      assert.equal(row?.hint, row?.reason === null ? null : `about ${row?.reason ?? ""}`);
      reasons.push(row.reason);
    };
    await find("PENDING");
    await find("PENDING", "no image");
    await find("PENDING", "no node");
    await find("PENDING");
    await find("FAILED");
    await find("FAILED", "out of memory");
    await find("FAILED", "the driver is gone");
    await find("FAILED");
    const kept = "out of memory";
    assert.deepEqual(reasons, [null, "no image", "no node", null, null, kept, kept, kept]);
    const history = (await statesOf(db, "a")).map(({ state, reason }) => [state, reason]);
    assert.deepEqual(history, [
      ["SUBMITTED", null],
      ["PENDING", null],
      ["FAILED", null],
    ]);
    assert.equal((await findApplication(db, "a"))?.ended_at, 5);
  },
);
