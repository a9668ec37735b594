import { annotations, gatewayLabel } from "../jobs/application.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ObservedApplication } from "../kubernetes/objects.ts";

/**
 * Makes a row of an application of the gateway's that has none, since the store was lost: of what the resource says of
 * itself. What the user sent, and with which key, is lost. False where it does not say whose it is.
 */
export async function adopt({ store, platform }: Jobs, observed: ObservedApplication): Promise<boolean> {
  const { name, namespace, uid, labels, annotations: notes, creationTimestamp } = observed.metadata;
  const owner = notes[annotations.owner];
  if (owner === undefined || labels[gatewayLabel.key] !== gatewayLabel.value) return false;
  const created = Date.parse(creationTimestamp);
  await store.db.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto("applications")
      .values({
        id: name,
        cluster: platform.cluster,
        namespace,
        owner,
        name: notes[annotations.name] ?? name,
        job: "{}",
        // For what is to be brought into the cluster, where this one is.
        manifest: "{}",
        request_sha256: notes[annotations.requestSha256] ?? "",
        spark_version: observed.spec.sparkVersion ?? "",
        submitted_at: created,
        created_at: created,
        state: "SUBMITTED",
        uid,
        attempts: 0,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (added === undefined) return;
    await transaction
      .insertInto("application_states")
      .values({ application_id: name, state: "SUBMITTED", at: created })
      .execute();
  });
  return true;
}
