import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import { executorLabelled, executorsOf } from "../jobs/application-pods.ts";
import { isFinal } from "../jobs/application.ts";
import { findApplication } from "../jobs/applications-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ObservedPod } from "../kubernetes/objects.ts";
import { sparkContainer } from "../reconcile/causes/cause.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import type { Archive } from "./archive.ts";
import type { Place } from "./follow.ts";

/** Which of an application's pods; an executor by its number. */
export type PodRole = "driver" | number;

/** A log's place, and the state that its application is in. */
export interface Located {
  readonly place: Place;
  readonly state: ApplicationRow["state"] | undefined;
}

/** For so long after a job's end, a log that is neither in the cluster nor in the archive can be on its way there. */
const archivingMs = 60 * secondMs;

/** Finds where a log is now: in the cluster as long as its pod is there, and afterwards in the archive. */
export async function locateLog(
  jobs: Jobs,
  archive: Archive | undefined,
  id: string,
  role: PodRole,
): Promise<Located> {
  const row = await findApplication(jobs.store.db, id);
  if (row === undefined) return { place: none("the application was deleted"), state: undefined };
  const pod = await podOf(jobs, row, role);
  const place = pod === undefined ? await withoutPod(jobs, archive, row, role) : placeOf(jobs, pod);
  return { place, state: row.state };
}

function placeOf({ cluster }: Jobs, pod: ObservedPod): Place {
  const container = sparkContainer(pod);
  if (container?.state.running === undefined && container?.state.terminated === undefined) {
    return { kind: "awaited", why: container?.state.waiting?.reason ?? "its pod waits for a node" };
  }
  const { namespace, name } = pod.metadata;
  return {
    kind: "live",
    hasEnded: container.state.terminated !== undefined,
    open: ({ follow, sinceTime, tailLines }, signal) => {
      const options = {
        follow,
        timestamps: true,
        ...(sinceTime !== undefined && { sinceTime }),
        ...(tailLines !== undefined && { tailLines }),
      };
      return cluster.podLog(namespace, name, container.name, options, signal);
    },
  };
}

async function withoutPod(
  { now }: Jobs,
  archive: Archive | undefined,
  { id, state, ended_at }: ApplicationRow,
  role: PodRole,
): Promise<Place> {
  // The log of an earlier run of the driver is not the one that is waited for.
  const isOver = isFinal(state);
  const kept = isOver || role !== "driver" ? await keptPod(archive, id, role) : undefined;
  if (archive !== undefined && kept !== undefined) {
    return {
      kind: "archived",
      open: async (signal) => {
        const log = await archive.getLog({ applicationId: id, pod: kept }, signal);
        if (log === undefined) throw new Problem("not-found", "the log was removed from the archive");
        return log;
      },
    };
  }
  if (!isOver) return { kind: "awaited", why: `its pod is not there, the application is ${state}` };
  if (archive === undefined) return none("its pod is gone, and this platform keeps no logs");
  const mayCome = ended_at !== null && now() - ended_at < archivingMs;
  return mayCome ? { kind: "awaited", why: "it is on its way to the archive" } : none("no such log was kept");
}

async function keptPod(archive: Archive | undefined, id: string, role: PodRole): Promise<string | undefined> {
  const ending = role === "driver" ? "-driver" : `-exec-${role}`;
  return (await archive?.podsOf(id))?.find((pod) => pod.endsWith(ending));
}

/** The driver is the pod that the operator names. Labels narrow the search alone: jobs can set those of all pods. */
async function podOf(
  { cluster }: Jobs,
  { namespace, id, driver_pod, spark_id }: ApplicationRow,
  role: PodRole,
): Promise<ObservedPod | undefined> {
  if (role === "driver") return driver_pod === null ? undefined : cluster.findPod(namespace, driver_pod);
  const pods = await cluster.listPods(namespace, executorLabelled(id, role));
  return executorsOf(spark_id, pods).find(({ spec }) => spec.executorId === String(role));
}

function none(why: string): Place {
  return { kind: "none", why };
}
