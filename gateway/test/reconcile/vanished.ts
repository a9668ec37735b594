import assert from "node:assert/strict";

import { standardSettings as settings } from "../../src/reconcile/reconciling.ts";
import { settleVanished } from "../../src/reconcile/vanished.ts";
import { sampleApplication } from "../support/job-samples.ts";
import { reconciled } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { testOnStores } from "../support/stores.ts";

testOnStores("only what was there and is not any more has ended", async (context, kind) => {
  const { store, fake, jobs, row } = await reconciled(context, kind);
  await addApplication(store, { id: "waits", state: "QUEUED" });
  await addApplication(store, { id: "unseen", state: "SUBMITTED", created_at: 1 });
  await addApplication(store, { id: "another", state: "RUNNING", created_at: 1, uid: "earlier" });
  await addApplication(store, { id: "cancelled", state: "CANCELLING", reason: "bob cancelled it" });
  await addApplication(store, { id: "ended", state: "SUCCEEDED", created_at: 1 });
  for (const id of ["unseen", "another"]) fake.objects.put("sparkapplications", sampleApplication(id));
  const settled = async (id: string): Promise<string> => {
    await settleVanished({ jobs, settings }, await row(id), undefined);
    return (await row(id)).state;
  };
  assert.equal(await settled("waits"), "QUEUED", "it was never there");
  assert.equal(await settled("unseen"), "SUBMITTED", "the watch is behind");
  assert.equal(await settled("another"), "FAILED", "its name is taken by another");
  assert.equal(await settled("cancelled"), "CANCELLED");
  assert.equal((await row("cancelled")).reason, "bob cancelled it");
  assert.equal(await settled("ended"), "SUCCEEDED");
  fake.objects.remove("sparkapplications", "team-a", "unseen");
  fake.fault = () => ({ status: 503, message: "starting" });
  await assert.rejects(settled("unseen"));
  assert.equal((await row("unseen")).state, "SUBMITTED", "nobody knows");
  fake.fault = () => undefined;
  assert.equal(await settled("unseen"), "FAILED");
  assert.match(String((await row("unseen")).reason), /by somebody else/);
});
