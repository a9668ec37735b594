import type { Readable } from "node:stream";

/** Whose log it is. */
export interface LogKey {
  readonly applicationId: string;
  /** The pod's name; the log of a later pod of that name takes the place of an earlier one's. */
  readonly pod: string;
}

/**
 * Where logs and events are kept once the cluster has them no more. Logs are kept with the times that Kubernetes puts
 * before each line. Everything throws a Problem, `storage-unavailable`, where the store does not answer or refuses.
 */
export interface Archive {
  /** Keeps a log as a whole, or nothing of it: also where `log` fails on the way, whose error it throws. */
  putLog(key: LogKey, log: Readable, signal?: AbortSignal): Promise<void>;
  /** A log as it was put. Undefined: there is none. */
  getLog(key: LogKey, signal?: AbortSignal): Promise<Readable | undefined>;
  /** The pods whose logs are there, the newest first. */
  podsOf(applicationId: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Keeps the events of an application, JSON. */
  putEvents(applicationId: string, json: string, signal?: AbortSignal): Promise<void>;
  /** Removes all that is kept of an application. Where it fails, some may be left: done again, it goes on. */
  remove(applicationId: string, signal?: AbortSignal): Promise<void>;
}
