import { secondMs } from "../clock.ts";
import { applicationStates, gatewaySelector, isFinal } from "../jobs/application.ts";
import type { Kinds, Sighting } from "../kubernetes/cluster.ts";
import { KeyQueue } from "./key-queue.ts";
import { NamespaceView, podSelector } from "./namespace-view.ts";
import type { Reconciling } from "./reconciling.ts";
import { settle, type Kept } from "./settle.ts";
import { together } from "./together.ts";

/** News of an application come in bursts: of the operator, its pods, and events. */
const debounceMs = 300;
const parallel = 4;
/** What no news tell of is looked at this often: a time that is over, a resource that went while nobody looked. */
const sweepEveryMs = 30 * secondMs;
const activeStates = applicationStates.filter((state) => !isFinal(state) && state !== "QUEUED");

/** Keeps the applications of a namespace settled, until `signal`. */
export function reconcileNamespace(
  reconciling: Reconciling,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const { jobs, metrics, pace } = reconciling;
  const { cluster, logger } = jobs;
  const view = new NamespaceView(namespace);
  const kept: Kept = new Map();
  return together(signal, (until) => {
    const queue = new KeyQueue({
      pace,
      signal: until,
      debounceMs,
      parallel,
      handle: (id) => settle(reconciling, view, kept, id),
      onError: (id, err) => {
        metrics.settleFailed();
        logger.warn({ err, namespace, application: id }, "an application is not settled, and tried again");
      },
      onDone: metrics.settled,
    });
    const sweepNow = async (): Promise<void> => {
      try {
        for (const id of await activeIn(reconciling, namespace)) queue.add(id);
      } catch (err) {
        logger.warn({ err, namespace }, "the applications of a namespace could not be looked through");
      }
    };
    // Nothing is concluded from what is missing before all was listed.
    let wasComplete = false;
    const follow = async <K extends keyof Kinds>(
      kind: K,
      selector: string,
      take: (sighting: Sighting<Kinds[K]>) => readonly string[],
    ): Promise<void> => {
      for await (const sighting of cluster.watch(kind, namespace, selector, until)) {
        if (sighting.type === "interrupted") {
          metrics.interrupted(kind);
          logger.warn({ err: sighting.error, namespace, kind }, "a watch was interrupted");
        }
        const ids = take(sighting);
        if (!view.isComplete) continue;
        for (const id of wasComplete ? ids : view.applicationNames()) queue.add(id);
        if (!wasComplete || (kind === "applications" && sighting.type === "listed")) await sweepNow();
        wasComplete = true;
      }
    };
    const sweep = async (): Promise<void> => {
      const isStopped = (): boolean => until.aborted;
      while (!isStopped()) {
        await pace.wait(sweepEveryMs, until);
        if (view.isComplete && !isStopped()) await sweepNow();
      }
      await queue.ended();
    };
    return [
      follow("applications", gatewaySelector, (sighting) => view.takeApplications(sighting)),
      follow("pods", podSelector, (sighting) => view.takePods(sighting)),
      follow("events", "", (sighting) => view.takeEvents(sighting)),
      sweep(),
    ];
  });
}

/** The applications that are in the cluster and have not ended, as the store knows. */
async function activeIn({ jobs }: Reconciling, namespace: string): Promise<readonly string[]> {
  const rows = await jobs.store.db
    .selectFrom("applications")
    .select("id")
    .where("state", "in", activeStates)
    .where("namespace", "=", namespace)
    .execute();
  return rows.map(({ id }) => id);
}
