import type { Generated } from "kysely";

import type { ApplicationState } from "../jobs/application.ts";

/** An application, for as long as anybody may ask about it; longer than the cluster has it. */
export interface ApplicationRow {
  /** The resource's name, made of the owner and the idempotency key. */
  readonly id: string;
  readonly cluster: string;
  readonly namespace: string;
  /** The name of the subject that submitted it. */
  readonly owner: string;
  /** The job's name as the user gave it. */
  readonly name: string;
  /** The job as the user sent it, JSON; `{}` once somebody deleted it. */
  readonly job: string;
  /** The SparkApplication that came of it, JSON, until it is in the cluster; `{}` afterwards. */
  readonly manifest: string;
  /** Its ConfigMap's data and binaryData, JSON, until it is in the cluster; null afterwards and where there is none. */
  readonly code: string | null;
  readonly request_sha256: string;
  readonly spark_version: string;
  /** The client's, or one that was made for it. Null: it is lost with the store, and the cluster knew the application. */
  readonly idempotency_key: string | null;
  readonly submitted_at: number;
  readonly state: ApplicationState;
  /** Why it is in this state, in the words of whoever brought it there. */
  readonly reason: string | null;
  /** What to do about it. */
  readonly hint: string | null;
  /**
   * When it had its turn: what the limits count. Null: no gateway has tried to create it, so that the cluster cannot have
   * it. It may have had its turn and wait still, for a cluster that does not answer.
   */
  readonly dispatched_at: number | null;
  /** Until then one gateway is creating it in the cluster, and no other may. */
  readonly claimed_until: number | null;
  /** When it was in the cluster with its code, for the first time that the gateway knows of; null: it waits. */
  readonly created_at: number | null;
  /** When its driver first ran. */
  readonly started_at: number | null;
  readonly ended_at: number | null;
  /** Of the resource. */
  readonly uid: string | null;
  readonly driver_pod: string | null;
  /** Spark's own id of the last run, `spark-…`: what the event log and the History Server know it by. See `spark_runs`. */
  readonly spark_id: string | null;
  /** Runs so far. */
  readonly attempts: number;
  /** When somebody deleted it: nobody sees it any more. */
  readonly deleted_at: number | null;
  readonly log_archived_at: number | null;
  /** Of the driver whose log that is: a run after it has another. */
  readonly archived_pod_uid: string | null;
  /** When what the archive has of it was removed, after somebody had deleted it. */
  readonly archive_removed_at: number | null;
}

/** Work that one gateway does at a time, and which one does it. */
export interface LeaseRow {
  readonly name: string;
  /** The gateway's own id, new with every start. */
  readonly holder: string;
  /** Grows with every sign of life. Whoever sees it stand still for long enough takes over. */
  readonly term: number;
}

/** What transactions lock that may not run side by side, on whichever gateway: a row of its own, there from the start. */
export interface LockRow {
  readonly name: "queue";
}

/** A run of an application as Spark knows it. A Spark id belongs to one application, and a run has one. */
export interface SparkRunRow {
  readonly spark_id: string;
  readonly application_id: string;
  /** The operator's id of the submission. Null: the run is older than this table. */
  readonly submission_id: string | null;
}

/** A state that an application was in. */
export interface ApplicationStateRow {
  readonly id: Generated<number>;
  readonly application_id: string;
  readonly state: ApplicationState;
  readonly at: number;
  readonly reason: string | null;
}

/** An event of Kubernetes about an application or its pods, once each. */
export interface ApplicationEventRow {
  /** Grows with every row. */
  readonly id: Generated<number>;
  readonly application_id: string;
  /** Of the event's own object; the same event, when it happens again, counts up. */
  readonly uid: string;
  /** When it happened last. */
  readonly at: number;
  readonly count: number;
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Who tells, and about what: `kubelet`, `Pod/word-count-1f-driver`. */
  readonly source: string;
  readonly object: string;
}
