import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { listAt, textAt } from "../../../local/kube/json.ts";
import { dayMs } from "../../src/clock.ts";
import { waitingPerUser } from "../../src/jobs/queue.ts";
import { manifestBytes } from "../../src/jobs/submission.ts";
import { makeRoom } from "../../src/reconcile/prune.ts";
import type { StoreKind, StoreLocation } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { firstAdmin, newClient, refreshed, refusedWith } from "../support/gateway.ts";
import { postgresIsMissing } from "../support/postgres.ts";
import { reconciled } from "../support/reconciled.ts";
import { addApplication } from "../support/rows.ts";
import { newLocation, testOnStores } from "../support/stores.ts";
import { cancel, idOf, rowOf, untilSubmitted } from "../support/submitted-jobs.ts";
import { startSubmitting, type SubmitScene } from "../support/submitting.ts";

/** A job whose manifest has about these bytes more than a bare one, of which nothing can be compressed. */
function jobOf(bytes: number): object {
  const piece = 4096;
  const args = Array.from({ length: Math.ceil(bytes / piece) }, () => randomBytes(piece / 2).toString("hex"));
  return { namespace: "team-a", job: { name: "large", mainFile: "s3a://data/main.py", arguments: args } };
}

test("a manifest that is too large is refused with its size, before anything is stored", async (context) => {
  const { submit, store } = await startSubmitting(context, "sqlite");
  const env = Object.fromEntries(
    Array.from({ length: 480 }, (_, index) => [`VARIABLE_${index}`, "x".repeat(8000)]),
  );
  const job = { name: "large", mainFile: "s3a://data/main.py" };
  for (const body of [{ namespace: "team-a", job: { ...job, env } }, jobOf(manifestBytes)]) {
    const answer = await submit(body);
    refusedWith(answer, "invalid-input");
    const [violation, ...more] = listAt(answer.body, "violations");
    assert.equal(more.length, 0);
    assert.equal(textAt(violation, "path"), "job");
    assert.match(textAt(violation, "problem") ?? "", /^makes a SparkApplication of \d+ bytes$/);
    assert.match(textAt(violation, "expected") ?? "", new RegExp(`^at most ${manifestBytes} bytes`));
  }
  assert.deepEqual(await store.db.selectFrom("applications").select("id").execute(), []);
  assert.equal((await submit(jobOf(manifestBytes - 16_384))).status, 201);
});

/** A store with little room: a disk of its own, or few bytes in PostgreSQL. */
async function smallLocation(context: TestContext, kind: StoreKind): Promise<StoreLocation> {
  const location = await newLocation(context, kind);
  if (location.kind === "postgres") return { ...location, applicationBytes: 4 * 1024 * 1024 };
  const folder = mkdtempSync(join(tmpdir(), "gateway-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", folder]);
  assert.equal(mounted.status, 0, mounted.stderr.toString());
  context.after(() => {
    // Lazily: what is open in it ends later.
    spawnSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  });
  return { ...location, file: join(folder, "gateway.sqlite") };
}

/** Submits until there is no room; the keys of what was taken. */
async function fill({ submit }: SubmitScene): Promise<readonly string[]> {
  const taken: string[] = [];
  for (;;) {
    const answer = await submit(jobOf(200_000), `key-${taken.length}`);
    if (answer.status !== 202 && answer.status !== 201) {
      refusedWith(answer, "store-full");
      assert.match(textAt(answer.body, "detail") ?? "", /no room for another application; delete some/);
      return taken;
    }
    taken.push(idOf(answer));
  }
}

for (const kind of ["sqlite", "postgres"] as const) {
  const isRoot = process.getuid?.() === 0;
  const skip =
    kind === "postgres" ? (postgresIsMissing ?? false) : isRoot ? false : "only root can mount a disk";
  test(
    `tokens go on where there is no room for applications, and cancelling makes some (${kind})`,
    { skip },
    async (context) => {
      const location = await smallLocation(context, kind);
      const scene = await startSubmitting(context, kind, { location, limits: { perUserPerMinute: 1 } });
      const { gateway, submit, store } = scene;
      const bob = await newClient(gateway, "bob", "user");
      const admin = await firstAdmin(gateway);
      const taken = await fill(scene);
      assert.ok(taken.length > 3, `${taken.length} had room`);
      let token = bob.refreshToken;
      for (let count = 0; count < 200; count++) token = (await refreshed(gateway, token)).refreshToken;
      await newClient(gateway, "carol", "user");
      const revoked = await gateway.call("DELETE", `/v1/tokens/${bob.family}`, {
        token: admin.accessToken,
      });
      assert.ok(revoked.status < 300, JSON.stringify(revoked.body));
      refusedWith(
        await gateway.call("POST", "/v1/tokens/refresh", { body: { refreshToken: token } }),
        "token-revoked",
      );
      // None of those that were taken is lost, and one that waits still gets to the cluster.
      assert.equal((await store.db.selectFrom("applications").select("id").execute()).length, taken.length);
      scene.clock.now += 61_000;
      await untilSubmitted(scene, taken[1] ?? "");
      for (const id of taken.slice(2)) assert.equal((await cancel(scene, id)).status, 200);
      await eventually("there is room again", async () => (await submit(jobOf(200_000))).status === 202);
    },
  );
}

testOnStores(
  "what is for the cluster alone is forgotten once it is there, or never will be",
  async (context, kind) => {
    const scene = await startSubmitting(context, kind, { limits: { perUserPerMinute: 1 } });
    const [first, second] = [idOf(await scene.submit()), idOf(await scene.submit())];
    assert.notEqual((await rowOf(scene, second)).manifest, "{}");
    await cancel(scene, second);
    for (const id of [first, second]) {
      const { manifest, code, job } = await rowOf(scene, id);
      assert.deepEqual([manifest, code], ["{}", null]);
      assert.notEqual(job, "{}");
    }
  },
);

testOnStores("a user has so many waiting and no more, and others go on", async (context, kind) => {
  const scene = await startSubmitting(context, kind, { limits: { perUserPerMinute: 1 } });
  for (let count = 0; count < waitingPerUser; count++) {
    await addApplication(scene.store, { id: `waiting-${count}`, owner: "alice" });
  }
  const answer = await scene.submit(undefined, "one-more");
  refusedWith(answer, "too-many-waiting");
  assert.equal(answer.headers["retry-after"], "60");
  const { accessToken } = await newClient(scene.gateway, "bob", "user");
  assert.equal((await scene.submit(undefined, "one-more", accessToken)).status, 202);
  await scene.store.db
    .updateTable("applications")
    .set({ ended_at: 1 })
    .where("id", "=", "waiting-7")
    .execute();
  assert.equal((await scene.submit(undefined, "one-more")).status, 202);
});

testOnStores(
  "where there is hardly any room, whoever has the most loses the oldest",
  async (context, kind) => {
    const scene = await reconciled(context, kind);
    const { store, clock, reconciling } = scene;
    const ended = async (owner: string, count: number, daysAgo: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const ended_at = clock.now - daysAgo * dayMs - index;
        await addApplication(store, { id: `${owner}-${daysAgo}-${index}`, owner, state: "FAILED", ended_at });
      }
    };
    await ended("alice", 3, 80);
    await ended("mallory", 210, 2);
    await ended("mallory", 5, 0);
    const left = async (): Promise<readonly [string, number][]> => {
      const rows = await store.db
        .selectFrom("applications")
        .groupBy("owner")
        .orderBy("owner")
        .select((row) => ["owner", row.fn.countAll<number | string>().as("count")])
        .execute();
      return rows.map(({ owner, count }) => [owner, Number(count)]);
    };
    const room = (bytes: number): typeof reconciling => ({
      ...reconciling,
      jobs: { ...reconciling.jobs, store: { ...store, room: () => Promise.resolve(bytes) } },
    });
    const { signal } = new AbortController();
    await makeRoom(room(1e9), signal);
    assert.deepEqual(await left(), [
      ["alice", 3],
      ["mallory", 215],
    ]);
    await makeRoom(room(0), signal);
    assert.deepEqual(await left(), [
      ["alice", 3],
      ["mallory", 15],
    ]);
    await makeRoom(room(0), signal);
    await makeRoom(room(0), signal);
    assert.deepEqual(await left(), [["mallory", 5]], "what ended today stays");
  },
);
