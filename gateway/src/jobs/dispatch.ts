import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { ObservedApplication } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { recordStateIn } from "./applications-store.ts";
import { isOf, manifestOf, removeFromCluster, spent, storedCodeSchema } from "./in-cluster.ts";
import type { Jobs } from "./jobs.ts";

/** When a row is tried again that the cluster could not take. */
export const retryMs = 5 * secondMs;

/**
 * What became of a row that had its turn.
 * - `submitted`: it is in the cluster.
 * - `postponed`: the cluster does not answer; it waits as before.
 * - `refused`: the cluster does not want it, and it has failed.
 * - `cancelled`: somebody cancelled it meanwhile, and it is gone from the cluster again.
 */
export type Outcome = "submitted" | "postponed" | "refused" | "cancelled";

/**
 * Brings a claimed row into the cluster: the application first, then the ConfigMap of its code, then the word that both
 * are there. A gateway may be killed between any two of these, and the next one that claims the row does all of them again:
 * - The application's name comes of user and key, so that there cannot be two; one that is there already is this one if
 *   it came of the same request.
 * - The ConfigMap comes second since the application owns it: it goes with it in every case, and none is ever left over.
 *   Meanwhile the driver's pod cannot start. It waits for its volume, and the kubelet looks again until it is there.
 * - The code stays in the store until the word that it is in the cluster is stored, in one transaction.
 * So it does no harm either when two gateways do this at once.
 * @throws the store's error; the row then waits until its claim is over.
 */
export async function dispatch(jobs: Jobs, row: ApplicationRow): Promise<Outcome> {
  try {
    const application = await create(jobs, row);
    if (!isOf(row, application)) return await refuse(jobs, row, taken);
    await createCode(jobs, row, application.metadata.uid);
    return await confirm(jobs, row, application.metadata.uid);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code !== "refused-by-cluster") return postpone(jobs, row, error);
    return refuse(jobs, row, {
      reason: error.message,
      hint: "change what Kubernetes names, or ask an admin of the cluster for room, and submit it with another key",
    });
  }
}

interface Why {
  readonly reason: string;
  readonly hint: string;
}

const taken: Why = {
  reason: "the idempotency key was used for another request, whose application the cluster still has",
  hint: "submit it with another key",
};

/**
 * The application under the row's name. Quotas are looked at before names: where one is full, it refuses also what is there
 * already, and may be full because of it.
 */
async function create({ cluster }: Jobs, row: ApplicationRow): Promise<ObservedApplication> {
  try {
    return (await cluster.createApplication(manifestOf(row))).application;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "refused-by-cluster") throw error;
    const there = await cluster.getApplication(row.namespace, row.id);
    if (there === undefined) throw error;
    return there;
  }
}

async function createCode({ cluster }: Jobs, row: ApplicationRow, uid: string): Promise<void> {
  if (row.code === null) return;
  const { namespace, id: name } = row;
  const { data, binaryData } = storedCodeSchema.parse(JSON.parse(row.code));
  try {
    await cluster.createConfigMap({ namespace, name, owner: { name, uid }, data, binaryData });
  } catch (error) {
    // Its driver would wait for ever. Where this fails too, all of it is done again later.
    if (error instanceof Problem && error.code === "refused-by-cluster") {
      await cluster.deleteApplication(namespace, name, uid);
    }
    throw error;
  }
}

/** Takes the row out of the queue; and what was cancelled meanwhile, out of the cluster. */
async function confirm(
  { store, cluster, now, logger }: Jobs,
  row: ApplicationRow,
  uid: string,
): Promise<Outcome> {
  const { state } = await store.db.transaction().execute(async (transaction) => {
    await recordStateIn(transaction, row.id, { state: "SUBMITTED", at: now(), facts: { uid } });
    return transaction
      .updateTable("applications")
      .set((columns) => ({
        created_at: columns.fn.coalesce("created_at", columns.val(now())),
        ...spent,
        claimed_until: null,
      }))
      .where("id", "=", row.id)
      .returning("state")
      .executeTakeFirstOrThrow();
  });
  if (state !== "CANCELLING" && state !== "CANCELLED") return "submitted";
  await removeFromCluster(cluster, { ...row, uid }).catch((err: unknown) => {
    // The reconciler does it then.
    logger.warn({ err, application: row.id }, "what was cancelled could not be deleted");
  });
  return "cancelled";
}

async function postpone({ store, now, logger }: Jobs, row: ApplicationRow, err: Problem): Promise<Outcome> {
  logger.warn({ err, application: row.id }, "an application could not be created, and waits");
  await store.db.transaction().execute(async (transaction) => {
    await recordStateIn(transaction, row.id, {
      state: "QUEUED",
      at: now(),
      reason: "Kubernetes cannot be reached for the moment",
      hint: "wait: it is submitted once Kubernetes answers",
    });
    await transaction
      .updateTable("applications")
      .set({ claimed_until: now() + retryMs })
      .where("id", "=", row.id)
      .execute();
  });
  return "postponed";
}

async function refuse({ store, now }: Jobs, row: ApplicationRow, why: Why): Promise<Outcome> {
  await store.db.transaction().execute(async (transaction) => {
    await recordStateIn(transaction, row.id, { state: "FAILED", at: now(), ...why });
    await transaction
      .updateTable("applications")
      .set({ ...spent, claimed_until: null })
      .where("id", "=", row.id)
      .execute();
  });
  return "refused";
}
