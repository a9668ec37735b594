import { secondMs } from "../clock.ts";
import { isFinal } from "../jobs/application.ts";
import { findApplication } from "../jobs/applications-store.ts";
import type { ObservedPod } from "../kubernetes/objects.ts";
import type { Archive } from "../logs/archive.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { sparkContainer, type Scene } from "./causes/cause.ts";
import type { Reconciling } from "./reconciling.ts";

/** Of the archive, what fills it, and empties it again. */
export type LogKeeper = Pick<Archive, "putLog" | "putEvents" | "remove">;

/** A log that takes longer is given up, and tried again. */
const patienceMs = 120 * secondMs;
/** Whoever cancels a job does not wait longer for its log. */
const removalPatienceMs = 10 * secondMs;

type Keeping = Pick<Reconciling, "jobs" | "archive" | "metrics">;

/**
 * Puts the logs of pods that have ended into the archive, and the events of an application that has, each once: what
 * `kept` has, by uid, was put before. Nothing that begins once somebody has deleted the application, whose logs are being
 * removed (remove-logs.ts). @throws the first error, after all were tried: to be tried again.
 */
export async function keepWhatEnded(
  keeping: Keeping,
  row: ApplicationRow,
  { application, driver, executors }: Scene,
  kept: Set<string>,
): Promise<void> {
  if (keeping.archive === undefined) return;
  if (row.archived_pod_uid !== null) kept.add(row.archived_pod_uid);
  const failures: unknown[] = [];
  const once = async (uid: string, keep: () => Promise<void>): Promise<void> => {
    if (kept.has(uid) || (await isDeleted(keeping, row))) return;
    try {
      await keep();
      kept.add(uid);
    } catch (error) {
      failures.push(error);
    }
  };
  for (const pod of [...(driver ? [driver] : []), ...executors]) {
    if (sparkContainer(pod)?.state.terminated === undefined) continue;
    const keep = pod === driver ? keepDriverLog : keepLog;
    await once(pod.metadata.uid, () => keep(keeping, row, pod, AbortSignal.timeout(patienceMs)));
  }
  if (isFinal(row.state)) await once(application.metadata.uid, () => keepEventsOf(keeping, row));
  if (failures.length > 0) throw failures[0];
}

/**
 * Keeps what there is of a driver's log and of the events, of an application that is about to be removed. For some seconds
 * at the most, and without an error: what was cancelled goes in any case.
 */
export async function keepBeforeRemoval(keeping: Keeping, row: ApplicationRow): Promise<void> {
  const { jobs, archive } = keeping;
  if (archive === undefined) return;
  try {
    const driver = await driverFor(jobs, row);
    const state = sparkContainer(driver)?.state;
    const hasLog = state?.running !== undefined || state?.terminated !== undefined;
    if (driver !== undefined && hasLog && driver.metadata.uid !== row.archived_pod_uid) {
      await keepDriverLog(keeping, row, driver, AbortSignal.timeout(removalPatienceMs));
    }
    await keepEventsOf(keeping, row);
  } catch (err) {
    jobs.logger.warn({ err, application: row.id }, "the log of what is removed could not be kept");
  }
}

/**
 * The pod that the operator names as the driver; also of an application that is removed before it was settled once.
 */
async function driverFor(
  { cluster }: Keeping["jobs"],
  { namespace, id, driver_pod }: ApplicationRow,
): Promise<ObservedPod | undefined> {
  const name = driver_pod ?? (await cluster.getApplication(namespace, id))?.status?.driverInfo.podName;
  return name === undefined ? undefined : cluster.findPod(namespace, name);
}

async function isDeleted({ jobs }: Keeping, { id }: ApplicationRow): Promise<boolean> {
  return (await findApplication(jobs.store.db, id)) === undefined;
}

/** The events about an application as they are in the store. */
async function keepEventsOf({ jobs, archive, metrics }: Keeping, row: ApplicationRow): Promise<void> {
  const events = await jobs.store.db
    .selectFrom("application_events")
    .select(["at", "count", "type", "reason", "message", "source", "object"])
    .where("application_id", "=", row.id)
    .orderBy("at")
    .orderBy("id")
    .execute();
  try {
    await archive?.putEvents(row.id, JSON.stringify(events), AbortSignal.timeout(removalPatienceMs));
  } catch (error) {
    metrics.archiveFailed("events");
    throw error;
  }
}

async function keepLog(
  { jobs: { cluster }, archive, metrics }: Keeping,
  { id, namespace }: ApplicationRow,
  pod: ObservedPod,
  signal: AbortSignal,
): Promise<void> {
  const { name } = pod.metadata;
  try {
    const container = sparkContainer(pod)?.name ?? "";
    const log = await cluster.podLog(namespace, name, container, { timestamps: true }, signal);
    try {
      await archive?.putLog({ applicationId: id, pod: name }, log, signal);
    } finally {
      log.destroy();
    }
  } catch (error) {
    metrics.archiveFailed("log");
    throw error;
  }
}

async function keepDriverLog(
  keeping: Keeping,
  row: ApplicationRow,
  driver: ObservedPod,
  signal: AbortSignal,
): Promise<void> {
  const { store, now } = keeping.jobs;
  await keepLog(keeping, row, driver, signal);
  await store.db
    .updateTable("applications")
    .set({ log_archived_at: now(), archived_pod_uid: driver.metadata.uid })
    .where("id", "=", row.id)
    .execute();
}
