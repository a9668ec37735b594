import { randomUUID } from "node:crypto";

import type { Insertable } from "kysely";

import { annotations } from "../../src/jobs/application.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import type { FamilyRow } from "../../src/store/tables.ts";
import type { Store } from "../../src/store/store.ts";
import { sampleApplication } from "./job-samples.ts";

/** Adds an application in the state that is given; what is not given is of no matter to the test. */
export async function addApplication(
  { db }: Store,
  given: Partial<Insertable<ApplicationRow>> & { readonly id: string },
): Promise<void> {
  const submitted_at = given.submitted_at ?? Date.UTC(2026, 10, 24);
  const state = given.state ?? "QUEUED";
  const owner = given.owner ?? "alice";
  const sha256 = "0".repeat(64);
  const { metadata, ...manifest } = sampleApplication(given.id, given.namespace);
  const notes = { [annotations.owner]: owner, [annotations.requestSha256]: sha256 };
  await db
    .insertInto("applications")
    .values({
      cluster: "test",
      namespace: "team-a",
      owner,
      name: given.id,
      job: "{}",
      manifest: JSON.stringify({ ...manifest, metadata: { ...metadata, annotations: notes } }),
      code: null,
      request_sha256: sha256,
      spark_version: "4.0.4",
      idempotency_key: given.id,
      attempts: 0,
      ...given,
      submitted_at,
      state,
    })
    .execute();
  await db
    .insertInto("application_states")
    .values({ application_id: given.id, state, at: submitted_at })
    .execute();
}

/** Adds a client that has registered; by default its tokens do not end. */
export async function addClient(
  { db }: Store,
  clientName: string,
  given: Partial<FamilyRow> = {},
): Promise<void> {
  const shared = {
    client_name: clientName,
    role: "user" as const,
    namespaces: null,
    access_seconds: 60,
    refresh_seconds: 3600,
    created_at: 0,
  };
  const token = { id: randomUUID(), hash: randomUUID(), created_by: "root", ...shared };
  await db.insertInto("register_tokens").values(token).execute();
  await db
    .insertInto("families")
    .values({
      id: randomUUID(),
      register_token_id: token.id,
      refreshed_at: 0,
      expires_at: Number.MAX_SAFE_INTEGER,
      ...shared,
      ...given,
    })
    .execute();
}
