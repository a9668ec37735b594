import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";

import type { Insertable } from "kysely";
import { pino } from "pino";
import { Registry } from "prom-client";

import { statesOf } from "../../src/jobs/applications-store.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import type { LogKeeper } from "../../src/reconcile/keep-logs.ts";
import { reconcileMetrics } from "../../src/reconcile/metrics.ts";
import {
  standardSettings,
  type Reconciling,
  type ReconcileSettings,
} from "../../src/reconcile/reconciling.ts";
import { startReconciler } from "../../src/reconcile/start.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import type { Store, StoreKind } from "../../src/store/store.ts";
import { eventually } from "./eventually.ts";
import { startFakeCluster, type FakeCluster } from "./fake-cluster.ts";
import { samplePlatform, sampleApplication } from "./job-samples.ts";
import { sparkSpec } from "./kube-objects.ts";
import { addApplication } from "./rows.ts";
import { newLocation, open } from "./stores.ts";
import { VirtualPace } from "./virtual-pace.ts";

/** An archive that keeps everything in memory, unless it is away. */
export class MemoryArchive implements LogKeeper {
  readonly logs = new Map<string, string>();
  readonly events = new Map<string, string>();
  isAway = false;
  /** Hears what was removed. */
  onRemove: (applicationId: string) => void = () => undefined;
  puts = 0;

  async putLog(key: { applicationId: string; pod: string }, log: Readable): Promise<void> {
    this.puts += 1;
    const chunks: string[] = [];
    for await (const chunk of log.setEncoding("utf8")) chunks.push(String(chunk));
    if (this.isAway) throw new Error("the archive is away");
    this.logs.set(`${key.applicationId}/${key.pod}`, chunks.join(""));
  }

  putEvents(applicationId: string, json: string): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("the archive is away"));
    this.events.set(applicationId, json);
    return Promise.resolve();
  }

  remove(applicationId: string): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("the archive is away"));
    for (const key of this.logs.keys()) if (key.startsWith(`${applicationId}/`)) this.logs.delete(key);
    this.events.delete(applicationId);
    this.onRemove(applicationId);
    return Promise.resolve();
  }
}

export interface Reconciled {
  readonly fake: FakeCluster;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly registry: Registry;
  readonly clock: { now: number };
  readonly archive: MemoryArchive;
  readonly reconciling: Reconciling;
  /** Starts a reconciler, which is stopped with the test. */
  readonly start: () => { stop(): Promise<void> };
  /** Lets time pass until something is so. */
  readonly reached: (what: string, is: () => boolean | Promise<boolean>) => Promise<void>;
  readonly row: (id: string) => Promise<ApplicationRow>;
  readonly isIn: (id: string, state: string) => () => Promise<boolean>;
}

/** A store, a cluster, and a clock that stands still; `pace` runs only in `reached`. */
export async function reconciled(
  context: TestContext,
  kind: StoreKind,
  settings: Partial<ReconcileSettings> = {},
): Promise<Reconciled> {
  const fake = await startFakeCluster(context, 500);
  const store = await open(context, await newLocation(context, kind));
  const clock = { now: Date.UTC(2026, 10, 24, 12) };
  const archive = new MemoryArchive();
  const pace = new VirtualPace();
  const registry = new Registry();
  const logger = pino({ level: "silent" });
  const jobs = { store, cluster: fake.cluster, platform: samplePlatform(), now: () => clock.now, logger };
  const metrics = reconcileMetrics(registry, jobs);
  const row = async (id: string): Promise<ApplicationRow> =>
    (await store.db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirst()) ??
    assert.fail(`there is no row ${id}`);
  const reconciling = { jobs, archive, metrics, settings: { ...standardSettings, ...settings }, pace };
  return {
    fake,
    reconciling,
    store,
    jobs,
    registry,
    clock,
    archive,
    start: () => {
      const running = startReconciler(jobs, { metrics, archive, settings, pace });
      context.after(() => running.stop());
      return running;
    },
    reached: (what, is) =>
      eventually(what, () => {
        pace.advance(50);
        return is();
      }),
    row,
    isIn: (id, state) => async () => {
      const query = store.db.selectFrom("applications").select("state").where("id", "=", id);
      return (await query.executeTakeFirst())?.state === state;
    },
  };
}

/** A row and its resource, as after a submission. */
export async function submitted(
  { store, fake, clock }: Reconciled,
  id: string,
  given: Partial<Insertable<ApplicationRow>> = {},
): Promise<void> {
  fake.objects.put("sparkapplications", sampleApplication(id));
  await addApplication(store, { id, state: "SUBMITTED", created_at: clock.now, ...given });
}

/** The operator writes a state. */
export function operatorSays({ fake }: Reconciled, id: string, state: string, more: object = {}): void {
  fake.objects.setStatus("sparkapplications", "team-a", id, {
    applicationState: { state },
    driverInfo: { podName: `${id}-driver` },
    submissionID: "1",
    executionAttempts: 1,
    ...more,
  });
}

/** What a container is in, of a driver that runs and of one that has ended. */
export const running = { running: { startedAt: "2026-11-24T12:00:05Z" } };
export const ended = (exitCode: number, message = ""): object => ({
  terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error", message },
});

/** What Spark calls the run that a submission of an application is. */
export const sparkIdOf = (id: string, submission = "1"): string => `spark-${id}-${submission}`;

interface GivenPod {
  readonly role?: "driver" | number;
  readonly name?: string;
  readonly uid?: string;
  /** Number of the submission that made its driver. Default: 1. */
  readonly submission?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: the one of its submission. */
  readonly sparkId?: string;
}

/** A pod of an application whose container is in this state. */
export function putPod({ fake }: Reconciled, id: string, containerState: object, given: GivenPod = {}): void {
  const { role = "driver", submission = "1", labels, uid } = given;
  const name = given.name ?? (role === "driver" ? `${id}-driver` : `${id}-exec-${role}`);
  fake.objects.put("pods", {
    metadata: {
      namespace: "team-a",
      name,
      labels: {
        "sparkoperator.k8s.io/launched-by-spark-operator": "true",
        "sparkoperator.k8s.io/app-name": id,
        "sparkoperator.k8s.io/submission-id": submission,
        "spark-role": role === "driver" ? role : "executor",
        ...labels,
      },
      ...(uid !== undefined && { uid }),
    },
    spec: sparkSpec(given.sparkId ?? sparkIdOf(id, submission), role),
    status: {
      phase: "Running",
      conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: "2026-11-24T12:00:00Z" }],
      containerStatuses: [
        { name: `spark-kubernetes-${role === "driver" ? role : "executor"}`, state: containerState },
      ],
    },
  });
}

/** An event about an object, which may happen again. */
export function putEvent(
  { fake }: Reconciled,
  object: string,
  name: string,
  message: string,
  count = 1,
  lastTimestamp = "2026-11-24T12:00:01Z",
): void {
  const [kind, of] = object.split("/");
  fake.objects.put("events", {
    metadata: { namespace: "team-a", name },
    involvedObject: { kind, name: of },
    type: "Warning",
    reason: "Seen",
    message,
    count,
    lastTimestamp,
    source: { component: "kubelet" },
  });
}

export const isThere = ({ fake }: Reconciled, id: string): boolean =>
  fake.objects.get("sparkapplications", "team-a", id) !== undefined;

/** The states that an application was in, first to last. */
export const historyOf = async ({ store }: Reconciled, id: string): Promise<readonly string[]> =>
  (await statesOf(store.db, id)).map(({ state }) => state);
