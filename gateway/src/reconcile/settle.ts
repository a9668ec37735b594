import { podsLabelled } from "../jobs/application-pods.ts";
import { isFinal } from "../jobs/application.ts";
import { recordState } from "../jobs/applications-store.ts";
import { recordSparkRun } from "../jobs/spark-runs.ts";
import { submissionLabel, type ObservedApplication } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { adopt } from "./adopt.ts";
import type { Scene } from "./causes/cause.ts";
import { diagnose } from "./diagnose.ts";
import { findingOf, isNews } from "./finding.ts";
import { keepEvents } from "./keep-events.ts";
import { keepBeforeRemoval, keepWhatEnded } from "./keep-logs.ts";
import { alone, withPods, type NamespaceView } from "./namespace-view.ts";
import type { Reconciling } from "./reconciling.ts";
import { settleVanished } from "./vanished.ts";

/** Application -> uids of what of it this gateway has put into the archive, so that it need not do it again. */
export type Kept = Map<string, Set<string>>;

/**
 * Brings what is known of an application in line with what is there, and what is there with what was asked for. From what
 * is there alone, so that it does not matter what was seen before: done again, it changes nothing.
 * @throws whatever could not be done, to be done again.
 */
export async function settle(
  reconciling: Reconciling,
  view: NamespaceView,
  kept: Kept,
  id: string,
): Promise<void> {
  const { jobs } = reconciling;
  const known = await rowOf(reconciling, id);
  // Names are of one namespace; an object of the same name in another is somebody else's.
  if (known !== undefined && known.namespace !== view.namespace) return;
  const observed = view.application(id);
  if (observed === undefined || (known !== undefined && isAnother(known, observed))) {
    kept.delete(id);
    const last = view.takeGone(id);
    if (known !== undefined) await settleVanished(reconciling, known, last);
    return;
  }
  if (known === undefined && !(await adopt(jobs, observed))) return;
  const row = known ?? (await rowOf(reconciling, id));
  if (row === undefined) return;
  const scene = await sceneFor(reconciling, view, row, observed);
  // One in the queue is about to be created, and whoever does that will say so.
  if (row.created_at !== null) await observe(reconciling, row, scene);
  const now = await rowOf(reconciling, id);
  if (now === undefined) return;
  if (mustGo(now, observed)) {
    // An archive that is away must not keep what was cancelled alive; what was deleted is removed from it.
    if (now.deleted_at === null) await keepBeforeRemoval(reconciling, now);
    await jobs.cluster.deleteApplication(now.namespace, now.id, observed.metadata.uid);
    return;
  }
  const uids = kept.get(id) ?? new Set();
  kept.set(id, uids);
  await keepWhatEnded(reconciling, now, scene, uids);
}

/** Deleted or not. */
function rowOf({ jobs }: Reconciling, id: string): Promise<ApplicationRow | undefined> {
  return jobs.store.db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirst();
}

function isAnother(row: ApplicationRow, { metadata }: ObservedApplication): boolean {
  return row.uid !== null && row.uid !== metadata.uid;
}

/** Why an application has failed is written down once: with the pods as they are now, which the watch may tell later. */
async function sceneFor(
  { jobs }: Reconciling,
  view: NamespaceView,
  row: ApplicationRow,
  observed: ObservedApplication,
): Promise<Scene> {
  const sparkId = await sparkIdOf(jobs, view, row, observed);
  const scene = view.sceneOf(observed, sparkId);
  if (isFinal(row.state) || diagnose(scene).state !== "FAILED") return scene;
  const pods = await jobs.cluster.listPods(row.namespace, podsLabelled(row.id));
  return withPods(scene, sparkId, pods);
}

/**
 * The Spark id of the application's last run. A driver tells its id only if it is of the submission that the status is
 * about: the watch of pods may be behind, and show the driver of the run before.
 */
async function sparkIdOf(
  { store }: Pick<Reconciling["jobs"], "store">,
  view: NamespaceView,
  row: ApplicationRow,
  observed: ObservedApplication,
): Promise<string | null> {
  const driver = view.driver(observed);
  const sparkId = driver?.spec.sparkId;
  const submissionId = observed.status?.submissionID;
  if (sparkId === undefined || sparkId === row.spark_id) return row.spark_id;
  if (submissionId === undefined || driver?.metadata.labels[submissionLabel] !== submissionId)
    return row.spark_id;
  return recordSparkRun(store.db, row.id, { sparkId, submissionId });
}

async function observe({ jobs, settings }: Reconciling, row: ApplicationRow, scene: Scene): Promise<void> {
  const { store, now } = jobs;
  if ((await store.room()) > 0) await keepEvents(store, row.id, scene.events);
  const finding = findingOf(scene, row, now(), settings.imageWaitMs);
  if (!isFinal(row.state) && isNews(row, finding)) await recordState(store.db, row.id, finding);
}

/**
 * Whether the resource has to be deleted: what was cancelled or given up, also where a gateway stopped between the two
 * steps, and what its owner deleted. What ended by itself stays until its time to live is over.
 */
function mustGo(row: ApplicationRow, observed: ObservedApplication): boolean {
  if (row.state === "CANCELLING" || row.state === "CANCELLED" || row.deleted_at !== null) return true;
  const isOver = isFinal(diagnose(alone(observed)).state);
  return row.state === "FAILED" && !isOver;
}
