import { isIP } from "node:net";

import { secondMs } from "../clock.ts";
import { fromOperatorState, isFinal } from "../jobs/application.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { ObservedApplication, ObservedPod } from "../kubernetes/objects.ts";

/** What the cluster knows of an application's pages. */
export interface Sight {
  /** IP address of its driver while that runs. */
  readonly address: string | undefined;
  /** Spark's own id, once there is one. */
  readonly sparkId: string | undefined;
  /** Whether it is in the cluster and has not ended. */
  readonly isAlive: boolean;
}

/** Finds an application by its name; undefined where the cluster has none. */
export type FindDriver = (namespace: string, application: string) => Promise<Sight | undefined>;

/** A page asks for some thirty files at once: what was seen holds for that long. */
const rememberedMs = 2 * secondMs;
const rememberedMost = 1000;

/** @throws Problem `cluster-unavailable`, `refused-by-cluster`; of these nothing is remembered. */
export function driverFinder({ cluster, now }: Pick<Jobs, "cluster" | "now">): FindDriver {
  const remembered = new Map<string, { readonly until: number; readonly sight: ReturnType<FindDriver> }>();
  const look: FindDriver = async (namespace, name) => {
    const application = await cluster.getApplication(namespace, name);
    if (application === undefined) return undefined;
    const driver = application.status?.driverInfo.podName;
    return sightOf(application, driver === undefined ? undefined : await cluster.findPod(namespace, driver));
  };
  return (namespace, application) => {
    const key = `${namespace}/${application}`;
    const known = remembered.get(key);
    if (known !== undefined && known.until > now()) return known.sight;
    if (remembered.size >= rememberedMost) remembered.clear();
    const sight = look(namespace, application);
    remembered.set(key, { until: now() + rememberedMs, sight });
    sight.catch(() => remembered.delete(key));
    return sight;
  };
}

/**
 * The driver is the pod that the operator names: a job may make pods in its namespace with any label, but cannot write
 * the application's status, nor a pod's.
 */
function sightOf({ status }: ObservedApplication, pod: ObservedPod | undefined): Sight {
  const { phase, podIP = "" } = pod?.status ?? {};
  return {
    address: phase === "Running" && isIP(podIP) !== 0 ? podIP : undefined,
    sparkId: status?.sparkApplicationId,
    isAlive: !isFinal(fromOperatorState(status?.applicationState?.state)),
  };
}
